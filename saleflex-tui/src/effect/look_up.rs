//! Answering questions: nothing here changes the till.

use saleflex_core::{
    catalog::{Named, SerialNo},
    closure::Refusal,
    document::{Completed, OriginalSale},
    ids::{DocumentId, DocumentNumber, ProductId},
};
use saleflex_store::{
    Error, Till,
    history::{DocumentHead, DocumentKey, Found as FoundDocument, parse_scanned},
};

use super::{Found, Question, Reply, Sold, SoldLine, detail, label, paper, people, sheets, usage};
use crate::{
    listing::{Listed, Query, RowId, stock::moved::movement_key},
    log, message,
    record::segment,
    registry::{self, Entry},
    text::{Key, Text},
    view,
};

/// Most rows of a list; typing on narrows it.
const MOST_ROWS: u16 = 100;

pub(super) fn answer(till: &mut Till, text: &Text, question: Question) -> Reply {
    let not_found = |error: Error| {
        log::error(&error);
        message::error(text, &error)
    };
    let answer = match question {
        Question::Product(named, code) => {
            let found = product(till, text, named, &code);
            return found.unwrap_or_else(|error| Reply::Unknown { words: not_found(error), code });
        }
        Question::Products(term) => Ok(Reply::Products(products(till, &term))),
        Question::Customers(term) => customers(till, &term),
        Question::List { form, query } => list(till, text, form, &query),
        Question::Record { form, of } => record(till, text, form, of),
        Question::Followed { form, values } => followed(till, form, &values),
        Question::Receipt(number) => sold(till, text, &number),
        Question::XReport => paper::x(till, text).map(Reply::Paper),
        Question::Closing => closing(till, text),
        Question::LastReceipt => last_receipt(till, text),
        Question::Copy(document) => copy(till, text, document),
        Question::Detail(document) => detail::of(till, text, document),
        Question::ZCopy(number) => paper::z_copy(till, text, number).map(Reply::Paper),
        Question::TimeSheet(cashier) => sheets::time_sheet(till, text, cashier),
        Question::Session(cashier, started) => sheets::session(till, text, cashier, started),
        Question::Audit(seq) => sheets::audit(till, text, seq),
        Question::Message(id) => sheets::hub_message(till, text, id),
        Question::Rollup(span) => paper::rollup(till, text, span).map(Reply::Paper),
        Question::Performance(cashier, from, to) => people::sheet(till, text, cashier, (from, to)),
        Question::ProductSold(code, from, to) => sheets::product_sold(till, text, &code, (from, to)),
        Question::CheckUp => Ok(sheets::check_up(till, text)),
        Question::BackUp => sheets::back_up(till, text),
        Question::Gathered(criterion) => segment::gathered(till, text, &criterion),
        Question::PickSheet(document) => sheets::picking(till, text, document),
        Question::Packed(document, typed) => sheets::packed(till, text, document, &typed),
        Question::Label(product) => label::shelf(till, product).map(Reply::Paper),
        Question::CampaignUses(campaign) => usage::of_campaign(till, text, campaign),
        Question::CouponSlip(coupon) => usage::slip(till, coupon),
    };
    answer.unwrap_or_else(|error| Reply::NotFound(not_found(error)))
}

/// What was counted in several drawers, or which of them are still to be counted; of one drawer, what is declared with its
/// count.
fn closing(till: &Till, text: &Text) -> Result<Reply, Error> {
    if till.settings().drawers.len() < 2 {
        return Ok(Reply::CountDrawer(till.country_asks()?.declared.into_iter().collect()));
    }
    match till.counted_in_drawers() {
        Err(Error::NotClosed(Refusal::DrawerNotCounted { .. })) => {
            let left: Vec<String> =
                till.drawers_to_count()?.iter().map(|drawer| drawer.0.to_string()).collect();
            Ok(Reply::NotFound(text.fill(Key::SaidLeftToCount, &[("drawers", &left.join(", "))])))
        }
        counted => counted.map(Reply::CountedDrawers),
    }
}

fn product(till: &mut Till, text: &Text, named: Named, code: &str) -> Result<Reply, Error> {
    let today = till.now().business_date;
    let item = match till.catalog().find_named(named, code, today, till.currency()) {
        Ok(item) => item,
        // A key by code or by barcode sells nothing else, so that it tells of nothing else.
        Err(unknown) if named != Named::Either => return Err(unknown.into()),
        Err(unknown) => {
            let lines = piece(till, text, code)?;
            return lines.map(Reply::Product).ok_or_else(|| unknown.into());
        }
    };
    let mut lines = vec![item.name.clone(), item.code.clone()];
    lines.extend(item.barcode.clone());
    lines.push(String::new());
    lines.push(text.fill(
        Key::InquiryPrice,
        &[("price", &view::price(till.currency(), item.price)), ("unit", &item.unit.code)],
    ));
    if let Some(product) = item.product {
        lines.push(match till.stock(product)? {
            Some(level) => {
                let stock = level.available(today).to_string();
                text.fill(Key::InquiryStock, &[("stock", &stock), ("unit", &item.unit.code)])
            }
            None => text.word(Key::InquiryNoStock).to_owned(),
        });
        lines.extend(stock_elsewhere(till, product)?);
    }
    Ok(Reply::Product(lines))
}

/// What became of the pieces with a serial number: where they lie or when they were sold, and until when they are under
/// warranty.
fn piece(till: &Till, text: &Text, typed: &str) -> Result<Option<Vec<String>>, Error> {
    let Ok(serial) = SerialNo::parse(typed) else { return Ok(None) };
    let mut lines = Vec::new();
    for story in till.pieces(&serial)? {
        let product = till.catalog().product(story.product);
        lines.extend(product.map(|product| product.name().to_owned()));
        let no = serial.as_str();
        lines.push(match (story.place, story.sold) {
            (Some(place), _) => {
                let at = till.sites().location(place.location).map_or("", |at| at.code.as_str());
                text.fill(Key::PieceHere, &[("serial", no), ("location", at)])
            }
            (None, Some(sold)) => text.fill(Key::PieceSold, &[("serial", no), ("date", &sold.to_string())]),
            (None, None) => text.fill(Key::PieceGone, &[("serial", no)]),
        });
        let until = story.warranty_until.map(|until| until.to_string());
        lines.extend(until.map(|until| text.fill(Key::PieceWarranty, &[("date", &until)])));
        lines.extend(story.movements.iter().map(|moved| {
            let kind = text.word(movement_key(moved.movement.kind));
            format!(
                "{}  {kind:<20.20}  {}",
                moved.at.local.date(),
                moved.number.as_deref().unwrap_or_default()
            )
        }));
    }
    Ok(Some(lines).filter(|lines| !lines.is_empty()))
}

/// What there is of a product in the places that the till does not sell from, a line each.
fn stock_elsewhere(till: &mut Till, product: ProductId) -> Result<Vec<String>, Error> {
    /// As wide as what stands before the stock where the till sells from.
    const CODE: usize = 15;
    let today = till.now().business_date;
    let here = till.counter();
    let levels = till.stock_levels(product.into())?.into_iter();
    let elsewhere = levels.filter(|(place, _)| Some(place.location) != here).map(|(place, level)| {
        let code = till.sites().location(place.location).map_or("", |location| location.code.as_str());
        format!("  {code:<CODE$}{}", level.available(today))
    });
    Ok(elsewhere.collect())
}

fn products(till: &mut Till, term: &str) -> Vec<Found<String>> {
    let today = till.now().business_date;
    let found = till.catalog().search(term, usize::from(MOST_ROWS));
    let row = |product: saleflex_core::catalog::ProductRef<'_>| Found {
        id: product.code().to_owned(),
        cells: vec![
            product.name().to_owned(),
            product.code().to_owned(),
            view::price(till.currency(), product.price_on(today)),
        ],
    };
    found.into_iter().map(row).collect()
}

fn customers(till: &Till, term: &str) -> Result<Reply, Error> {
    let found = till.find_customers(term, u32::from(MOST_ROWS))?;
    let rows = found.into_iter().map(|customer| Found {
        id: customer.id,
        cells: vec![customer.name, customer.code, customer.phone.unwrap_or_default()],
    });
    Ok(Reply::Customers(rows.collect()))
}

/// The completed document of a number or identity as printed, or of the receipt number alone in the open period and, where it
/// has none, in the one before.
pub(crate) fn find_receipt(till: &Till, typed: &str) -> Result<Option<Completed>, Error> {
    let key = match parse_scanned(typed) {
        Some(key) => Some(key),
        None => match typed.trim().parse::<u32>() {
            Ok(receipt) => number_of(till, receipt)?.map(DocumentKey::Number),
            Err(_) => None,
        },
    };
    let found = key.map(|key| till.find_document(key)).transpose()?.flatten();
    Ok(match found {
        Some(FoundDocument::Completed(completed)) => Some(*completed),
        _ => None,
    })
}

fn number_of(till: &Till, receipt: u32) -> Result<Option<DocumentNumber>, Error> {
    for back in [0, 1] {
        let Some(period) = till.period_back(back)? else { break };
        let heads = till.documents(period)?;
        let of_receipt = |head: &&DocumentHead| head.number.receipt == receipt;
        if let Some(head) = heads.iter().find(of_receipt) {
            return Ok(Some(head.number));
        }
    }
    Ok(None)
}

fn sold(till: &mut Till, text: &Text, typed: &str) -> Result<Reply, Error> {
    let Some(completed) = find_receipt(till, typed)? else {
        return Ok(Reply::NotFound(text.fill(Key::NoSuchReceipt, &[("number", typed)])));
    };
    let today = till.now().local.date();
    let original = till.original_sale(completed.document().id)?;
    let lines = till.refundable(&original)?.lines;
    let rows = lines.into_iter().map(|line| SoldLine {
        line: line.line,
        refusal: refusal(text, &original, line.line, today),
        name: line.name,
        left: line.quantity,
        value: line.value,
    });
    let document = completed.document();
    Ok(Reply::Receipt(Box::new(Sold { id: document.id, number: document.number, lines: rows.collect() })))
}

/// Why a sold line may not come back.
fn refusal(
    text: &Text,
    original: &OriginalSale,
    no: saleflex_core::ids::LineNo,
    today: chrono::NaiveDate,
) -> Option<String> {
    let line = original.sale.document().line(no)?;
    if !line.item.permissions.returns {
        return Some(text.fill(Key::NotReturnable, &[("code", &line.item.name)]));
    }
    let until = original.sale.returnable_until(line).filter(|until| today > *until)?;
    Some(text.fill(Key::ReturnPeriodOver, &[("until", &until.to_string())]))
}

fn list(till: &mut Till, text: &Text, form: &'static str, query: &Query) -> Result<Reply, Error> {
    let listed = match registry::find(form) {
        Some(Entry::List(listing)) => listing.load(till, text, query)?,
        _ => Listed::default(),
    };
    Ok(Reply::Listed { form, from: query.from, listed })
}

fn record(till: &mut Till, text: &Text, form: &'static str, of: Option<RowId>) -> Result<Reply, Error> {
    let fields = match registry::find(form) {
        Some(Entry::Record(model)) => model.load(till, text, of)?,
        _ => Vec::new(),
    };
    Ok(Reply::Record { form, fields })
}

fn followed(till: &mut Till, form: &'static str, values: &[String]) -> Result<Reply, Error> {
    let fields = match registry::find(form) {
        Some(Entry::Record(model)) => model.follow(till, values)?,
        _ => Vec::new(),
    };
    Ok(Reply::Followed { form, fields })
}

/// The receipt of what was finished last, in the open period or, where it has none yet, in the one before.
fn last_receipt(till: &Till, text: &Text) -> Result<Reply, Error> {
    for back in [0, 1] {
        let Some(period) = till.period_back(back)? else { break };
        let heads = till.documents(period)?;
        if let Some(last) = heads.iter().rev().find(|head| !head.is_cancelled) {
            return copy(till, text, last.id);
        }
    }
    Ok(Reply::NotFound(text.word(Key::NoReceiptYet).to_owned()))
}

/// A receipt once more, marked as a copy; of a document put aside its ticket.
fn copy(till: &Till, text: &Text, document: DocumentId) -> Result<Reply, Error> {
    match till.find_document(document)? {
        Some(FoundDocument::Completed(completed)) => {
            Ok(Reply::Paper(paper::receipt(till, text, &completed, true)))
        }
        Some(FoundDocument::Cancelled(cancelled)) => {
            Ok(Reply::Paper(paper::cancelled_copy(till, text, &cancelled)))
        }
        Some(FoundDocument::Suspended(_)) => {
            let parked = till.suspended()?.into_iter().find(|parked| parked.id == document);
            let ticket = parked.and_then(|parked| paper::ticket(till, text, &parked));
            ticket.map(Reply::Paper).ok_or(Error::NoSuchDocument { document })
        }
        Some(FoundDocument::Open(_)) | None => Err(Error::NoSuchDocument { document }),
    }
}
