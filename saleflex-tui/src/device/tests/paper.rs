//! Bytes for receipt printers, read back by a reader that shares no code with their writer.

use proptest::prelude::*;
use saleflex_core::{
    document::DocumentType,
    printout::{bitmap::Bitmap, escp, escpos, text},
};

use super::*;
use crate::device::{
    settings::{FormatName, PrinterSettings, PrinterSettingsError},
    simulator::paper::Paper,
};

fn read_back(printout: &Printout, profile: &Profile) -> Paper {
    let mut paper = Paper::new(profile.columns);
    for byte in escpos::render(printout, profile) {
        assert_eq!(paper.feed(byte), None);
    }
    paper
}

/// What a text renderer shows, as a reader of bytes sees it.
fn as_text(printout: &Printout, columns: usize) -> Vec<String> {
    text::render(printout, columns).iter().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn what_is_printed_reads_back_as_the_same_text() {
    let mut out = Printout::new();
    out.title("Köşe Bakkalı");
    out.line("Bağdat Cad. 12, Kadıköy");
    out.right("12/03/2026 03:02:08");
    out.rule('=');
    out.pair("Işıl'ın çiğ köftesi", "18.50");
    out.bold_pair("TOPLAM", "1118.50");
    out.paragraph("İade için fişinizi saklayınız, teşekkür ederiz, yine bekleriz.", Align::Center);
    let row =
        |first: &str, second: &str| Row::Cells(vec![Cell::Left(first.into()), Cell::Right(second.into())]);
    let rows = vec![row("KDV", "Tutar"), Row::Rule, row("%10", "101.68")];
    out.table(Table { indent: 2, gap: 2, columns: vec![7, 8], rows });
    out.feed(2);
    for profile in [
        Profile::mm58(CodePage::Pc857),
        Profile::mm80_with_42(CodePage::Pc857),
        Profile::mm80(CodePage::Wpc1254),
    ] {
        let paper = read_back(&out, &profile);
        assert_eq!(paper.lines(), as_text(&out, profile.columns));
        assert_eq!(paper.unknown(), 0);
    }
}

#[test]
fn codes_pictures_and_what_is_no_text_read_back() {
    let mut out = Printout::new();
    out.drawer_kick();
    out.logo();
    out.sized("MASA 4", Size::Large);
    out.barcode("A{1");
    out.barcode("12345678");
    out.product_barcode("4006381333931");
    out.qr("https://example.com/r/1");
    out.cut();
    let logo = Some(Bitmap::try_new(16, 10).unwrap());
    let paper = read_back(&out, &Profile { logo, ..Profile::mm80(CodePage::Pc437) });
    let lines: Vec<&str> =
        paper.lines().iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "[drawer]",
            "[picture 16x10]",
            "MASA 4",
            "[CODE128 A{1]",
            "[CODE128 12345678]",
            "[EAN 4006381333931]",
            "[QR https://example.com/r/1]",
            "[cut]"
        ]
    );
    assert_eq!(paper.unknown(), 0);
}

#[test]
fn japanese_letters_are_read_back_from_the_virtual_printer() {
    let mut out = Printout::new();
    out.title("角の商店");
    out.pair("緑茶（税込）ｱｲｽ 表", "¥1,250");
    out.sized("合計 髙橋様", Size::Large);
    out.right("12/03/2026");
    for profile in [Profile::mm58(CodePage::Pc932), Profile::mm80(CodePage::Pc932)] {
        let paper = read_back(&out, &profile);
        assert_eq!(paper.lines()[..2], as_text(&out, profile.columns)[..2]);
        assert_eq!((paper.lines()[2].trim(), paper.unknown()), ("合計 髙橋様", 0));
    }
    // Whatever is printed next is read as its own page says.
    let mut paper = read_back(&out, &Profile::mm58(CodePage::Pc932));
    let mut turkish = Printout::new();
    turkish.line("Çay");
    for byte in escpos::render(&turkish, &Profile::mm58(CodePage::Pc857)) {
        paper.feed(byte);
    }
    assert_eq!(paper.lines().last().map(String::as_str), Some("Çay"));
}

#[test]
fn a_dot_matrix_printer_has_the_columns_pitch_and_page_it_is_set_up_with() {
    let mut out = Printout::new();
    out.rule('=');
    let bytes = |settings: PrinterSettings| {
        settings.format(FormatName::Escp, std::path::Path::new("")).unwrap().bytes(&out)
    };
    let folded = PrinterSettings {
        columns: 80,
        pitch: escp::Pitch::Pica,
        page_lines: 66,
        ..PrinterSettings::default()
    };
    // The code page is said in the thirteen bytes before the length of the page.
    let expected = [&[0x1b, 0x43, 66, 0x1b, 0x50, 0x12][..], &[b'='; 80], b"\r\n\x0c"].concat();
    assert_eq!(bytes(folded)[13..], expected);
    let narrow = bytes(PrinterSettings { columns: 32, ..PrinterSettings::default() });
    let expected = [&[0x1b, 0x43, 70, 0x1b, 0x4d, 0x12][..], &[b'='; 32], b"\r\n\x0c"].concat();
    assert_eq!(narrow[13..], expected);
}

#[test]
fn forms_are_known_by_the_kind_of_document_and_what_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: u16| {
        let design = format!(
            "rows = {rows}\ncolumns = 80\n[lines]\nfirst = 20\nlast = 50\n\
             [[lines.column]]\nvalue = \"name\"\ncolumn = 1\nwidth = 32\n"
        );
        std::fs::write(folder.path().join(name), design).unwrap();
    };
    write("invoice.toml", 66);
    write("short.toml", 30);
    let on = |printer: PrinterSettings, kind: &str, file: &str| {
        let forms = [(kind.to_owned(), file.into())].into();
        PrinterSettings { forms, ..printer }.forms(folder.path())
    };
    let wide = || PrinterSettings { columns: 80, ..PrinterSettings::default() };
    let forms = |kind: &str, file: &str| on(wide(), kind, file);
    let known = forms("invoice", "invoice.toml").unwrap();
    assert_eq!(known.get(DocumentType::Invoice).map(|design| design.rows), Some(66));
    // A dot-matrix printer has the nearest page; a browser has all letters.
    assert_eq!(known.letters(), Some(CodePage::Pc858));
    let turkish = PrinterSettings { code_page: CodePage::Wpc1254, page_lines: 66, ..wide() };
    let letters = |format| {
        let printer = PrinterSettings { format, ..turkish.clone() };
        on(printer, "invoice", "invoice.toml").unwrap().letters()
    };
    assert_eq!(letters(FormatName::Escp), Some(CodePage::Pc857));
    assert_eq!(letters(FormatName::Html), None);
    assert!(matches!(forms("bill", "invoice.toml"), Err(PrinterSettingsError::NoDocument { .. })));
    let fault = |file| forms("invoice", file).map_err(|error| error.to_string()).unwrap_err();
    assert!(fault("short.toml").starts_with("printer.forms.invoice: "), "its lines go beyond the page");
    assert!(fault("gone.toml").ends_with("gone.toml"));
    // What a printer would cut, or fill in further down from page to page.
    let sheets = PrinterSettings { format: FormatName::Escp, ..wide() };
    assert!(on(PrinterSettings { page_lines: 66, ..sheets.clone() }, "invoice", "invoice.toml").is_ok());
    let cause = |printer| {
        let refused = on(printer, "invoice", "invoice.toml");
        let Err(PrinterSettingsError::Form { cause, .. }) = refused else { panic!("it was taken") };
        cause.to_string()
    };
    assert!(cause(PrinterSettings::default()).contains("printer.columns, 42"));
    assert!(cause(sheets).contains("printer.page_lines, 70"));
}

proptest! {
    #[test]
    fn any_letters_read_back_on_any_code_page(
        texts in proptest::collection::vec("(\\PC|[ぁ-ん一-龥ｱ-ﾝ¥]){0,60}", 1..6),
        amount in "[0-9.,-]{1,12}",
        page in 0..13_usize,
        columns in prop_oneof![Just(32_usize), Just(42), Just(48)],
    ) {
        let page = CodePage::ALL[page];
        let mut out = Printout::new();
        for text in &texts {
            // Letters the page has not are compared as what stands for them.
            let text = page.fit(text);
            out.line(&text);
            out.title(&text);
            out.pair(&text, &amount);
            out.paragraph(&text, Align::Right);
        }
        let profile = Profile { columns, ..Profile::mm80(page) };
        let paper = read_back(&out, &profile);
        prop_assert_eq!(paper.lines(), as_text(&out, columns));
        prop_assert_eq!(paper.unknown(), 0);
    }

    #[test]
    fn the_reader_takes_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut paper = Paper::new(48);
        for byte in bytes {
            paper.feed(byte);
        }
    }
}
