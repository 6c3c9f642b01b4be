//! Bytes for printers: each command against the makers' tables, whole slips in snapshots, and all of it against an
//! ESC/POS writer of other people.

use std::sync::{Arc, Mutex};

use ::escpos::{
    driver::Driver,
    printer::Printer,
    printer_options::PrinterOptions,
    utils::{JustifyMode, PageCode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption},
};

use super::*;
use crate::printout::{
    bitmap::Bitmap,
    code_page::CodePage,
    escp,
    escpos::{CutMode, DrawerPin, Profile, render},
};

/// Everything a printout can hold.
fn everything() -> Printout {
    let mut out = Printout::new();
    out.drawer_kick();
    out.logo();
    out.title("Köşe Bakkalı");
    out.sized("MASA 4", Size::Large);
    out.sized("tall", Size::Tall);
    out.sized_paragraph("2 x Çay", Align::Left, Size::Large);
    out.right("12/03/2026");
    out.rule('=');
    out.pair("Beyaz peynir", "₺140.60");
    out.bold_pair("TOPLAM", "₺140.60");
    out.paragraph("İade için fişinizi saklayınız, teşekkür ederiz.", Align::Center);
    let cells =
        |cells: [&str; 2]| Row::Cells(vec![Cell::Left(cells[0].into()), Cell::Right(cells[1].into())]);
    let rows = vec![cells(["KDV", "Tutar"]), Row::Rule, cells(["%10", "12.78"])];
    out.table(Table { indent: 2, gap: 2, columns: vec![7, 8], rows });
    out.barcode("20260312-0007-1");
    out.product_barcode("4006381333931");
    out.qr("https://example.com/r/1");
    out.feed(2);
    out.cut();
    out
}

fn checkers() -> Bitmap {
    let mut bitmap = Bitmap::try_new(12, 3).unwrap();
    (0..3).for_each(|y| (0..12).for_each(|x| bitmap.set(x, y, (x + y) % 2 == 0)));
    bitmap
}

/// Bytes as a page of a hex editor shows them.
fn dump(bytes: &[u8]) -> String {
    let line = |chunk: &[u8]| {
        let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
        format!("{:<47}  {}\n", hex.join(" "), chunk.iter().map(shown).collect::<String>())
    };
    bytes.chunks(16).map(line).collect()
}

fn printed(fill: impl FnOnce(&mut Printout)) -> Vec<u8> {
    printed_on(&Profile::mm80(CodePage::Pc437), fill)
}

/// What follows the head and precedes nothing.
fn printed_on(profile: &Profile, fill: impl FnOnce(&mut Printout)) -> Vec<u8> {
    let mut out = Printout::new();
    fill(&mut out);
    render(&out, profile).split_off(7)
}

#[test]
fn every_byte_of_a_slip_on_58_and_80_mm() {
    for (name, profile) in [
        ("turkish_58", Profile::mm58(CodePage::Pc857)),
        ("euro_80", Profile::mm80(CodePage::Pc858)),
        ("windows_42", Profile::mm80_with_42(CodePage::Wpc1254)),
    ] {
        let profile = Profile { logo: Some(checkers()), ..profile };
        insta::assert_snapshot!(format!("escpos_{name}"), dump(&render(&everything(), &profile)));
    }
    let profile = escp::Profile { columns: 40, ..escp::Profile::folded(CodePage::Pc857) };
    insta::assert_snapshot!("escp_turkish", dump(&escp::render(&everything(), &profile)));
}

#[test]
fn a_job_begins_with_reset_and_code_page() {
    let head = |code_page| render(&Printout::new(), &Profile::mm80(code_page));
    assert_eq!(head(CodePage::Pc437), [0x1b, 0x40, 0x1c, 0x2e, 0x1b, 0x74, 0]);
    assert_eq!(head(CodePage::Pc857)[4..], [0x1b, 0x74, 13]);
    assert_eq!(head(CodePage::Pc858)[4..], [0x1b, 0x74, 19]);
    let japanese = [0x1b, 0x40, 0x1c, 0x26, 0x1c, 0x43, 1, 0x1b, 0x52, 8, 0x1b, 0x74, 1];
    assert_eq!(
        head(CodePage::Pc932),
        japanese,
        "two-byte letters, as Shift JIS, a yen sign among the others"
    );
    let own = Profile { code_page_number: Some(61), ..Profile::mm80(CodePage::Pc857) };
    assert_eq!(render(&Printout::new(), &own)[4..], [0x1b, 0x74, 61], "the maker's own number");
}

#[test]
fn alignment_boldness_and_size_are_set_and_set_back() {
    assert_eq!(printed(|out| out.line("a")), *b"a\n");
    assert_eq!(printed(|out| out.title("a")), *b"\x1ba\x01\x1bE\x01a\n\x1ba\x00\x1bE\x00");
    assert_eq!(printed(|out| out.right("a")), *b"\x1ba\x02a\n\x1ba\x00");
    assert_eq!(
        printed(|out| out.sized("a", Size::Large)),
        *b"\x1ba\x01\x1bE\x01\x1d!\x11a\n\x1ba\x00\x1bE\x00\x1d!\x00"
    );
    assert_eq!(printed(|out| out.sized("a", Size::Tall))[6..9], *b"\x1d!\x01");
    assert_eq!(printed(|out| out.sized("a", Size::Wide))[6..9], *b"\x1d!\x10");
    let wide = printed(|out| out.sized_paragraph(&"x".repeat(40), Align::Left, Size::Large));
    let line = |count| "x".repeat(count) + "\n";
    let lines = ["\x1d!\x11", &line(24), &line(16), "\x1d!\x00"].concat();
    assert_eq!(wide, lines.as_bytes(), "half as many fit on a line");
}

#[test]
fn feed_cut_and_drawer() {
    assert_eq!(printed(|out| out.feed(3)), [0x1b, 0x64, 3]);
    assert_eq!(printed(|out| out.feed(0)), b"");
    assert_eq!(printed(Printout::cut), [0x1d, 0x56, 0x42, 0]);
    assert_eq!(printed(Printout::drawer_kick), [0x1b, 0x70, 0, 0x19, 0xfa]);
    let five = Profile { drawer_pin: DrawerPin::Five, ..Profile::mm80(CodePage::Pc437) };
    assert_eq!(printed_on(&five, Printout::drawer_kick), [0x1b, 0x70, 1, 0x19, 0xfa]);
    let no_knife = Profile { cut: CutMode::None, ..Profile::mm58(CodePage::Pc437) };
    assert_eq!(printed_on(&no_knife, Printout::cut), [0x1b, 0x64, 4]);
    let full = Profile { cut: CutMode::Full, ..Profile::mm58(CodePage::Pc437) };
    assert_eq!(printed_on(&full, Printout::cut), [0x1d, 0x56, 0x41, 0]);
}

#[test]
fn the_logo_is_a_raster_image_in_the_middle() {
    let with_logo = Profile { logo: Some(checkers()), ..Profile::mm58(CodePage::Pc437) };
    let raster = [0x1d, 0x76, 0x30, 0, 2, 0, 3, 0, 0xaa, 0xa0, 0x55, 0x50, 0xaa, 0xa0];
    let bytes = printed_on(&with_logo, Printout::logo);
    assert_eq!(bytes, [&[0x1b, 0x61, 1], &raster[..], &[0x1b, 0x61, 0]].concat());
    assert_eq!(printed(Printout::logo), b"", "a printer that knows no logo prints none");
    let tall = Profile { logo: Some(Bitmap::try_new(8, 300).unwrap()), ..with_logo };
    let bytes = printed_on(&tall, Printout::logo);
    let bands = bytes.windows(4).filter(|window| *window == [0x1d, 0x76, 0x30, 0]).count();
    assert_eq!(bands, 3, "128 rows at most at once");
}

#[test]
fn barcodes_are_drawn_by_the_printer_and_turn_into_qr_codes_where_they_do_not_fit() {
    let bytes = printed(|out| out.barcode("A{1"));
    let settings = [0x1b, 0x61, 1, 0x1d, 0x48, 2, 0x1d, 0x68, 80, 0x1d, 0x77, 3];
    let code = b"\x1dk\x49\x06{BA{{1\n";
    assert_eq!(bytes, [&settings, &code[..], &[0x1b, 0x61, 0]].concat());
    let digits = printed(|out| out.barcode("12345678"));
    assert_eq!(digits[12..22], [0x1d, 0x6b, 0x49, 6, b'{', b'C', 12, 34, 56, 78]);
    let ean = printed(|out| out.product_barcode("4006381333931"));
    assert_eq!(ean[12..29], *b"\x1dk\x43\x0d4006381333931");
    let upc = printed(|out| out.product_barcode("036000291452"));
    assert_eq!(upc[12..29], *b"\x1dk\x43\x0d0036000291452");
    let wrong = printed(|out| out.product_barcode("4006381333930"));
    assert!(wrong.windows(3).any(|window| *window == *b"\x1dk\x49"), "a wrong check digit is no EAN");
    let number = "20260312-0007-000001";
    let on = |profile: Profile| printed_on(&profile, |out| out.barcode(number));
    assert!(
        on(Profile::mm80(CodePage::Pc437)).windows(5).any(|window| *window == [0x1d, 0x77, 2, 0x1d, 0x6b])
    );
    let narrow = on(Profile::mm58(CodePage::Pc437));
    assert!(!narrow.windows(2).any(|window| window == [0x1d, 0x6b]), "the printer would print nothing");
    assert!(narrow.windows(5).any(|window| window == [0x31, 0x51, 0x30, 0x1b, 0x61]));
    assert!(String::from_utf8_lossy(&narrow).contains(&format!("      {number}\n")));
}

#[test]
fn a_qr_code_is_stored_and_printed_in_five_commands() {
    let bytes = printed(|out| out.qr("abc"));
    let commands: [&[u8]; 5] = [
        &[0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0],
        &[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, 6],
        &[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31],
        &[0x1d, 0x28, 0x6b, 6, 0, 0x31, 0x50, 0x30, b'a', b'b', b'c'],
        &[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30],
    ];
    assert_eq!(bytes[3..bytes.len() - 3], commands.concat());
    let long = printed(|out| out.qr(&"x".repeat(3000)));
    assert!(!long.windows(2).any(|window| window == [0x1d, 0x28]), "beyond a code: its text");
    assert_eq!(String::from_utf8(long).unwrap().matches('x').count(), 3000);
}

#[test]
fn a_japanese_receipt_has_its_amounts_at_the_edge_and_its_headings_in_the_middle() {
    let mut out = Printout::new();
    out.pair("緑茶 500ml", "¥160");
    out.sized("合計", Size::Large);
    let bytes = render(&out, &Profile::mm58(CodePage::Pc932)).split_off(13);
    let line = [&[0x97, 0xce, 0x92, 0x83], &b" 500ml"[..], &[b' '; 18], &[0x5c], b"160\n"].concat();
    assert_eq!(bytes[..line.len()], line);
    assert_eq!(line.len(), 33, "32 columns and the end of the line");
    let large = [&b"\x1ba\x01\x1bE\x01\x1d!\x11"[..], &[0x8d, 0x87, 0x8c, 0x76], b"\n"].concat();
    assert_eq!(bytes[line.len()..][..large.len()], large);
}

#[test]
fn the_lira_sign_is_two_letters_and_the_amount_still_ends_at_the_edge() {
    let profile = Profile::mm58(CodePage::Pc857);
    let bytes = printed_on(&profile, |out| out.pair("Çay", "₺18.50"));
    let line = [&[0x80], &b"ay"[..], &[b' '; 22], b"TL18.50\n"].concat();
    assert_eq!(bytes, line);
    assert_eq!(line.len(), 33);
}

/// Collects what the other writer writes.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl Driver for Collected {
    fn name(&self) -> String {
        "collected".to_owned()
    }

    fn write(&self, data: &[u8]) -> ::escpos::errors::Result<()> {
        self.0.lock().unwrap().extend(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> ::escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> ::escpos::errors::Result<()> {
        Ok(())
    }
}

type Other = Printer<Collected>;

/// The bytes that the `escpos` crate writes.
fn by_others(
    page: PageCode,
    write: impl FnOnce(&mut Other) -> ::escpos::errors::Result<&mut Other>,
) -> Vec<u8> {
    let collected = Collected::default();
    let options = PrinterOptions::new(Some(page), None, 48);
    let mut printer = Printer::new(collected.clone(), Protocol::default(), Some(options));
    write(&mut printer).unwrap().print().unwrap();
    collected.0.lock().unwrap().clone()
}

#[test]
fn the_escpos_crate_writes_the_same_bytes() {
    let mut out = Printout::new();
    out.title("Köşe Bakkalı");
    out.sized("MASA 4", Size::Large);
    // A comma: the crate writes a full stop as 0xE7 on this page, where the page has a gap.
    out.pair("Işık, çiğ köfte", "140,60");
    out.qr("https://example.com/r/1");
    out.feed(2);
    let ours = render(&out, &Profile::mm80(CodePage::Pc857));
    let line = "Işık, çiğ köfte".to_owned() + &" ".repeat(48 - 15 - 6) + "140,60";
    let theirs = by_others(PageCode::PC857, |printer| {
        let end = b"\n";
        printer.init()?.justify(JustifyMode::CENTER)?.bold(true)?.write("Köşe Bakkalı")?.custom(end)?;
        printer.size(2, 2)?.write("MASA 4")?.custom(end)?.justify(JustifyMode::LEFT)?.bold(false)?;
        printer.reset_size()?.write(&line)?.custom(end)?.justify(JustifyMode::CENTER)?;
        let qr = QRCodeOption::new(QRCodeModel::Model2, 6, QRCodeCorrectionLevel::M);
        printer.qrcode_option("https://example.com/r/1", qr)?.feeds(2)?.justify(JustifyMode::LEFT)
    });
    // Ours also leaves two-byte letters, which the crate does not know.
    let ours = [&ours[..2], &ours[4..]].concat();
    assert_eq!(dump(&ours), dump(&theirs));
}

#[test]
fn the_escpos_crate_writes_the_same_barcode() {
    let ean = "4006381333931";
    let ours = printed(|out| out.product_barcode(ean));
    let theirs = by_others(PageCode::PC437, |printer| printer.ean13(ean));
    let code = |bytes: &[u8]| {
        let at = bytes.windows(2).position(|window| *window == *b"\x1dk").unwrap();
        bytes.iter().skip(at + 2).copied().collect::<Vec<u8>>()
    };
    let digits = ean.as_bytes();
    assert_eq!(code(&ours), [&[67, 13], digits, b"\n\x1ba\x00"].concat());
    // The crate writes the older form of the same command, ended by a zero instead of beginning with the length.
    assert_eq!(code(&theirs), [&[2], digits, &[0]].concat());
}

#[test]
fn code_pages_have_the_letters_the_escpos_crate_gives_them() {
    let pages = [
        (CodePage::Pc437, PageCode::PC437),
        (CodePage::Pc850, PageCode::PC850),
        (CodePage::Pc852, PageCode::PC852),
        (CodePage::Pc857, PageCode::PC857),
        (CodePage::Pc858, PageCode::PC858),
        (CodePage::Pc866, PageCode::PC866),
        (CodePage::Pc737, PageCode::PC737),
        (CodePage::Wpc1250, PageCode::WPC1250),
        (CodePage::Wpc1251, PageCode::WPC1251),
        (CodePage::Wpc1252, PageCode::WPC1252),
        (CodePage::Wpc1253, PageCode::WPC1253),
        (CodePage::Wpc1254, PageCode::WPC1254),
    ];
    let letters = "äöüßÄÖÜéèàçñÉ£€ıİşŞğĞąćęłńóśźżŁčřžŠБГЖЩяюαβγΔΩ×÷½°";
    for (ours, theirs) in pages {
        let head = by_others(theirs, Other::init);
        assert_eq!(render(&Printout::new(), &Profile::mm80(ours))[4..], head[2..], "{ours:?}");
        for letter in letters.chars().map(String::from).filter(|letter| ours.fit(letter) == *letter) {
            let bytes = by_others(theirs, |printer| printer.write(&letter));
            assert_eq!(ours.encode(&letter), bytes, "{letter} on {ours:?}");
        }
    }
}

#[test]
fn a_dot_matrix_printer_gets_escp() {
    let bytes = |pitch, fill: &dyn Fn(&mut Printout)| {
        let mut out = Printout::new();
        fill(&mut out);
        escp::render(&out, &escp::Profile { pitch, columns: 40, page_lines: 66, code_page: CodePage::Pc857 })
    };
    let head = [0x1b, 0x40, 0x1b, 0x28, 0x74, 3, 0, 1, 11, 0, 0x1b, 0x74, 1, 0x1b, 0x43, 66];
    assert_eq!(bytes(escp::Pitch::Elite, &|_| {}), [&head[..], &[0x1b, 0x4d, 0x12, 0x0c]].concat());
    assert_eq!(bytes(escp::Pitch::Condensed, &|_| {})[16..], [0x1b, 0x50, 0x0f, 0x0c]);
    assert_eq!(
        bytes(escp::Pitch::Pica, &|out| out.title("Ş"))[16..],
        [&[0x1b, 0x50, 0x12, 0x1b, 0x45], &[b' '; 19][..], &[0x9e, 13, 10, 0x1b, 0x46, 0x0c]].concat()
    );
    let large = bytes(escp::Pitch::Pica, &|out| {
        out.sized_paragraph("4", Align::Left, Size::Large);
    });
    assert_eq!(large[19..], *b"\x1bW\x01\x1bw\x014\r\n\x1bW\x00\x1bw\x00\x0c");
    let cut = bytes(escp::Pitch::Pica, &|out| {
        out.line("a");
        out.drawer_kick();
        out.cut();
    });
    assert_eq!(cut[19..], *b"a\r\n\x0c", "one page, and no drawer");
}

proptest! {
    #[test]
    fn whatever_is_typed_no_printer_takes_it_for_a_command(text in "\\PC{0,30}", page in 0..13_usize) {
        let mut out = Printout::new();
        out.line(&text);
        out.pair(&text, "1.00");
        out.paragraph(&text, Align::Left);
        let profile = Profile::mm80(CodePage::ALL[page]);
        let head = render(&Printout::new(), &profile).len();
        let bytes = render(&out, &profile).split_off(head);
        prop_assert!(bytes.iter().all(|byte| *byte >= 0x20 || *byte == b'\n'), "{bytes:02x?}");
    }
}
