//! A printout as a page for a browser: to look at, to send by mail, to print on a roll of 80 mm or a sheet.
//!
//! The page holds all it needs: styles, codes and logo are inside, nothing is fetched. Texts are escaped.

use alloc::{format, string::String, vec::Vec};
use core::fmt::Write as _;

use super::{Align, Block, Cell, Printout, Row, Size, Table, bitmap::Bitmap, symbol, text};

/// What a page says besides its printout.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Page<'a> {
    /// The title a browser shows; empty: the first words of the printout.
    pub title: &'a str,
    /// The language of the texts, such as `tr`.
    pub language: &'a str,
    /// The shop's logo.
    pub logo: Option<&'a Bitmap>,
    /// Seconds after which a browser asks again: for a page that is written anew.
    pub refresh_s: Option<u16>,
}

const LOGO: &str = "logo";
const STYLE: &str = include_str!("html/style.css");

/// Letters of the style on a line of paper 80 mm wide.
const COLUMNS: usize = 37;
/// How high things of the style are, in tenths of a millimetre, rounded up.
const LINE: usize = 44;
const RULE: usize = 30;
const CODE: usize = 310;
const BARS: usize = 210;
const PICTURE: usize = 340;
/// The white above and below what is printed.
const MARGINS: usize = 80;

/// The whole page.
pub fn render(printout: &Printout, page: &Page<'_>) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html");
    if !page.language.is_empty() {
        put(&mut out, format_args!(" lang=\"{}\"", Escaped(page.language)));
    }
    out.push_str("><head><meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n");
    if let Some(seconds) = page.refresh_s {
        put(&mut out, format_args!("<meta http-equiv=\"refresh\" content=\"{seconds}\">\n"));
    }
    // A browser takes no height that depends on what is printed, and without one a sheet of its own choice.
    let height = height_mm(printout);
    put(&mut out, format_args!("<title>{}</title>\n<style>\n", Escaped(title_of(printout, page))));
    put(
        &mut out,
        format_args!("@page {{ size: 80mm {height}mm; margin: 3mm 4mm; }}\n{STYLE}</style></head>\n"),
    );
    out.push_str("<body><main>\n");
    for part in printout.blocks() {
        block(&mut out, part, page);
    }
    out.push_str("</main></body></html>\n");
    out
}

/// What a browser shows as the title: where nothing is said, the first words of the printout. A page without a title is
/// none.
fn title_of<'a>(printout: &'a Printout, page: &Page<'a>) -> &'a str {
    let words = |block: &'a Block| match block {
        Block::Line { text, .. } | Block::Paragraph { text, .. } | Block::FormLine { text, .. } => {
            Some(text.trim())
        }
        Block::Pair { left, .. } => Some(left.trim()),
        Block::Table(_)
        | Block::Rule(_)
        | Block::Logo
        | Block::Barcode(_)
        | Block::Ean(_)
        | Block::Qr(_)
        | Block::Feed(_)
        | Block::Cut
        | Block::DrawerKick
        | Block::DrawerKickOn(_) => None,
    };
    let mut said = [page.title].into_iter().chain(printout.blocks().iter().filter_map(words));
    said.find(|words| !words.is_empty()).unwrap_or("SaleFlex")
}

/// How long a sheet must be for the longest part between two cuts.
fn height_mm(printout: &Printout) -> usize {
    let parts = printout.blocks().split(|block| matches!(block, Block::Cut));
    let longest = parts.map(|part| part.iter().map(height).sum::<usize>()).max().unwrap_or_default();
    (longest + MARGINS).div_ceil(10)
}

fn height(block: &Block) -> usize {
    let lines = |size: Size| {
        // A letter of double width takes the place of two; either makes the line higher.
        let columns = if size.is_wide() { COLUMNS / 2 } else { COLUMNS };
        let high = if size == Size::Normal { LINE } else { 2 * LINE };
        text::lines(block, columns).len().max(1) * high
    };
    match block {
        // What is cut on narrow paper is wrapped on a page.
        Block::Line { text, size, .. } => {
            let columns = if size.is_wide() { COLUMNS / 2 } else { COLUMNS };
            lines(*size) * text::width_of(text).div_ceil(columns).max(1)
        }
        Block::Paragraph { size, .. } => lines(*size),
        Block::Pair { left, right, .. } => {
            // The left side goes on below beside the right one.
            let right = text::width_of(right);
            let room = COLUMNS.saturating_sub(right + 2).max(COLUMNS / 4);
            (text::width_of(left).div_ceil(room).max(1) + right / COLUMNS) * LINE
        }
        Block::FormLine { text, .. } => text::width_of(text).div_ceil(COLUMNS).max(1) * LINE,
        Block::Table(_) => lines(Size::Normal),
        Block::Rule(_) => RULE,
        Block::Logo => PICTURE,
        Block::Barcode(_) | Block::Ean(_) => BARS,
        Block::Qr(_) => CODE,
        Block::Feed(count) => usize::from(*count) * LINE,
        Block::Cut | Block::DrawerKick | Block::DrawerKickOn(_) => 0,
    }
}

fn block(out: &mut String, block: &Block, page: &Page<'_>) {
    match block {
        Block::Line { text, align, bold, size } => {
            let (align, size) = (alignment(*align), size_class(*size));
            let bold = if *bold { " bold" } else { "" };
            put(out, format_args!("<p class=\"{align}{bold}{size}\">{}</p>\n", Escaped(text)));
        }
        Block::Paragraph { text, align, size } => {
            let (align, size) = (alignment(*align), size_class(*size));
            // A browser leaves out the spaces before a text.
            let set_in = match text::indent(text, COLUMNS) {
                0 => String::new(),
                columns => format!(" style=\"padding-left:{columns}ch\""),
            };
            put(out, format_args!("<p class=\"text {align}{size}\"{set_in}>{}</p>\n", Escaped(text)));
        }
        Block::Pair { left, right, bold, whole: _ } => {
            let bold = if *bold { " bold" } else { "" };
            let (left, right) = (Escaped(left), Escaped(right));
            put(out, format_args!("<p class=\"pair{bold}\"><span>{left}</span><span>{right}</span></p>\n"));
        }
        Block::FormLine { text, .. } => {
            put(out, format_args!("<p class=\"{}\">{}</p>\n", alignment(Align::Left), Escaped(text)));
        }
        Block::Table(table) => rows(out, table),
        Block::Rule(character) => {
            let class = match character {
                '=' => "double",
                '*' => "thick",
                _ => "dashed",
            };
            put(out, format_args!("<hr class=\"{class}\">\n"));
        }
        Block::Logo => {
            if let Some(logo) = page.logo {
                put(out, format_args!("<figure>{}</figure>\n", Svg { bitmap: logo, frame: 0, class: LOGO }));
            }
        }
        Block::Barcode(data) => bars(out, symbol::code128(data), data),
        Block::Ean(data) => bars(out, symbol::ean(data), data),
        Block::Qr(data) => match symbol::qr(data) {
            Some(bitmap) => {
                let svg = Svg { bitmap: &bitmap, frame: 4, class: "qr" };
                put(out, format_args!("<figure title=\"{}\">{svg}</figure>\n", Escaped(data)));
            }
            None => put(out, format_args!("<p class=\"text center\">{}</p>\n", Escaped(data))),
        },
        Block::Feed(lines) => put(out, format_args!("<div style=\"height:{lines}lh\"></div>\n")),
        Block::Cut => out.push_str("<div class=\"cut\"></div>\n"),
        Block::DrawerKick | Block::DrawerKickOn(_) => {}
    }
}

const fn alignment(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

const fn size_class(size: Size) -> &'static str {
    match size {
        Size::Normal => "",
        Size::Wide => " wide",
        Size::Tall => " tall",
        Size::Large => " large",
    }
}

/// The first row is the heading; a rule is a line above the row that follows it.
fn rows(out: &mut String, table: &Table) {
    out.push_str("<table>\n");
    let mut is_heading = true;
    let mut is_ruled = false;
    for row in &table.rows {
        let Row::Cells(cells) = row else {
            is_ruled = true;
            continue;
        };
        out.push_str(if is_ruled { "<tr class=\"ruled\">" } else { "<tr>" });
        let tag = if is_heading { "th" } else { "td" };
        for cell in cells {
            let (class, text) = match cell {
                Cell::Left(text) => ("left", format!("{}", Escaped(text))),
                Cell::Right(text) => ("right", format!("{}", Escaped(text))),
                Cell::Ends(left, right) => {
                    ("ends", format!("<span>{}</span><span>{}</span>", Escaped(left), Escaped(right)))
                }
            };
            let text = if class == "ends" { format!("<div class=\"pair\">{text}</div>") } else { text };
            put(out, format_args!("<{tag} class=\"{class}\">{text}</{tag}>"));
        }
        out.push_str("</tr>\n");
        (is_heading, is_ruled) = (false, false);
    }
    out.push_str("</table>\n");
}

/// A barcode with its text below; only the text where no barcode holds it.
fn bars(out: &mut String, bars: Option<Vec<bool>>, data: &str) {
    let picture = bars.and_then(|bars| {
        let mut bitmap = Bitmap::try_new(bars.len(), 1).ok()?;
        bars.iter().enumerate().for_each(|(x, is_black)| bitmap.set(x, 0, *is_black));
        Some(bitmap)
    });
    out.push_str("<figure>");
    if let Some(bitmap) = picture {
        put(out, format_args!("{}", Svg { bitmap: &bitmap, frame: 10, class: "bars" }));
    }
    put(out, format_args!("<figcaption>{}</figcaption></figure>\n", Escaped(data)));
}

/// A picture as vector graphics, with white around it.
#[derive(Debug)]
struct Svg<'a> {
    bitmap: &'a Bitmap,
    /// White dots at each side: left and right only for bars.
    frame: usize,
    class: &'static str,
}

impl core::fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { bitmap, frame, class } = self;
        let above = if bitmap.height() == 1 { 0 } else { *frame };
        let (width, height) = (bitmap.width() + 2 * frame, bitmap.height() + 2 * above);
        // Bars are one dot high and drawn as high as the style says.
        let stretch = if bitmap.height() == 1 { " preserveAspectRatio=\"none\"" } else { "" };
        write!(f, "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\"{stretch}")?;
        if *class == LOGO {
            // As large as a printer prints it: eight dots a millimetre.
            write!(f, " style=\"width:{}mm\"", width.div_ceil(8))?;
        }
        f.write_str(" shape-rendering=\"crispEdges\"><path d=\"")?;
        for (y, x, length) in bitmap.runs() {
            write!(f, "M{} {}h{length}v1h-{length}z", x + frame, y + above)?;
        }
        f.write_str("\"/></svg>")
    }
}

/// A text without what a browser could take for a tag, a reference or the end of an attribute.
#[derive(Debug)]
struct Escaped<'a>(&'a str);

impl core::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            _ => f.write_char(character),
        })
    }
}

fn put(out: &mut String, text: core::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes whatever is written to it");
}
