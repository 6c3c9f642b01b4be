//! What was done, in a few words.

use std::path::Path;

use saleflex_core::{
    adjustment::AdjustmentKind,
    basket::LineItem,
    checkout::JoinNote,
    document::{Cancelled, Command, Completed, Document, DocumentType, Event, Kind, TakeTender},
    ids::{CustomerId, LineNo, TenderNo},
    loyalty::NotEnrolled,
    money::Money,
    quantity::{Points, Quantity},
    tender::{Direction, Tender, TenderKind},
};
use saleflex_store::{
    Till,
    import::ImportUnderway,
    request::{Done, Note},
    till::LastDone,
};

use crate::{
    log, message,
    text::{Key, Text},
};

/// What to say of a request that was carried out: of its last event that means something to a cashier. Of a quote that is
/// sold that is no line of it.
pub(super) fn of(till: &Till, text: &Text, done: &Done) -> Option<String> {
    if let Some(words) = converted(till, text, done) {
        return Some(words);
    }
    let said = done.events().iter().rev().find_map(|event| say(till, text, done, event));
    said.or_else(|| restated(till, text, done))
}

/// Who is on the document.
pub(super) fn customer(till: &Till, text: &Text, customer: Option<CustomerId>) -> String {
    let known = customer.and_then(|id| till.customer(id).ok().flatten());
    let name = known.map_or_else(|| text.word(Key::WalkIn).to_owned(), |customer| customer.name);
    text.fill(Key::SaidCustomer, &[("name", &name)])
}

/// The first line of a return that is worth another share of what was sold now, such as one of which more comes back. What
/// was priced together with it follows.
fn restated(till: &Till, text: &Text, done: &Done) -> Option<String> {
    done.events().iter().find_map(|event| match event {
        Event::LineRestated { line } => Some(line_added(till, text, done, line)),
        _ => None,
    })
}

/// What the till did last before it stopped, and first how much change it gave out with it: a line has room for both
/// only so.
pub(super) fn before_stop(till: &Till, text: &Text, last: &LastDone) -> Option<String> {
    let number = till.find_document(last.document).ok()??.document().number.to_string();
    let key = if last.is_complete { Key::LastCompleted } else { Key::LastChange };
    let words = text.fill(key, &[("number", &number)]);
    if !last.change.is_positive() {
        return Some(words);
    }
    let change = text.fill(Key::ChangeSaid, &[("amount", &till.currency().show(last.change))]);
    Some(format!("{change}. {words}"))
}

/// Of which file of products not all came in.
pub(super) fn import_underway(till: &Till, text: &Text) -> Option<String> {
    // It is no reason not to begin: support finds in the log why it cannot be read.
    let ImportUnderway { file, taken, total } = till.import_underway().inspect_err(log::error).ok()??;
    let name = Path::new(&file).file_name().map_or(file.clone(), |name| name.to_string_lossy().into_owned());
    let (taken, total) = (taken.to_string(), total.to_string());
    Some(text.fill(Key::ImportHalved, &[("file", &name), ("taken", &taken), ("total", &total)]))
}

/// What a cashier should know besides.
pub(super) fn notes(till: &Till, text: &Text, done: &Done) -> Option<String> {
    let name = |id| till.customer(id).ok().flatten().map(|known| known.name).unwrap_or_default();
    let note = |note: &Note| {
        Some(match note {
            Note::Join(JoinNote::NoMember(NotEnrolled::PhoneTaken(taken))) => {
                text.fill(Key::NoteNoMemberPhone, &[("name", &name(taken.by))])
            }
            Note::Join(JoinNote::NoMember(NotEnrolled::NoPhone)) => text.word(Key::NoteNoMember).to_owned(),
            Note::Join(JoinNote::PhoneShared(taken)) => {
                text.fill(Key::NotePhoneShared, &[("name", &name(taken.by))])
            }
            Note::PointsAway { most } => text.fill(Key::NotePointsAway, &[("points", &most.to_string())]),
            _ => return None,
        })
    };
    done.notes().iter().filter_map(note).reduce(|notes, note| notes + " " + &note)
}

fn say(till: &Till, text: &Text, done: &Done, event: &Event) -> Option<String> {
    let show = |amount: Money| till.currency().show(amount);
    let document = till.draft();
    Some(match event {
        // The goods are named, not the deposit that was charged with them.
        Event::LineAdded { line } if line.container_of.is_some() => return None,
        Event::LineAdded { line } => line_added(till, text, done, line),
        Event::LineVoided { line, .. } => line_voided(till, text, done, *line),
        Event::QuantityChanged { line, .. } | Event::PriceOverridden { line, .. } => {
            text.fill(Key::SaidLineChanged, &[("line", &line.to_string())])
        }
        Event::LineAdjusted { line, adjustment } => {
            let amount = signed(till, adjustment.kind, adjustment.amount);
            let name = document.and_then(|document| document.line(*line)).map(|line| line.item.name.clone());
            text.fill(Key::SaidAdjusted, &[("amount", &amount), ("what", &name.unwrap_or_default())])
        }
        Event::DocumentAdjusted { adjustment } => {
            let amount = signed(till, adjustment.kind, adjustment.amount);
            text.fill(Key::SaidAdjusted, &[("amount", &amount), ("what", text.word(Key::Everything))])
        }
        Event::AdjustmentRemoved { .. } => text.word(Key::SaidAdjustmentRemoved).to_owned(),
        Event::CouponApplied { coupon, .. } => text.fill(Key::SaidCoupon, &[("code", &coupon.code)]),
        Event::TaxExempted { exemption } => text.fill(Key::SaidExempt, &[("reason", &exemption.reason)]),
        Event::NoteAdded { .. } => text.word(Key::SaidNote).to_owned(),
        Event::CustomerAssigned { customer: assigned } => customer(till, text, *assigned),
        Event::TenderTaken { tender, takes_back: Some(_) } => goes_back(till, text, tender),
        Event::TenderTaken { tender, .. } => tender_taken(till, text, tender),
        Event::ChangeGiven { amount, .. } => return change_given(till, text, done, *amount),
        Event::TenderResolved { tender, approved, .. } => {
            return resolved(till, text, done, *tender, *approved);
        }
        Event::TenderVoided { tender, .. } => tender_voided(till, text, *tender),
        Event::ExchangeStarted { .. } => text.word(Key::SaidExchange).to_owned(),
        Event::EmptiesTaken { .. } | Event::EmptiesVoided { .. } => {
            // A sale that they settled is in the answer, behind their return.
            let settled = done.completed().first().map(saleflex_core::document::Completed::document);
            let Some(returned) = document.map_or(settled, |sale| sale.exchange.as_deref()) else {
                return Some(text.word(Key::NoEmpties).to_owned());
            };
            text.fill(Key::SaidEmpties, &[("amount", &show(returned.totals.net_due))])
        }
        Event::DocumentOpened(opened) => {
            let what = document_words(text, opened.document_type, opened.kind);
            text.fill(Key::SaidOpened, &[("what", what), ("number", &opened.number.to_string())])
        }
        Event::DocumentSuspended { .. } => {
            // The one parked last comes first.
            let parked = till.suspended().ok()?;
            text.fill(Key::SaidSuspended, &[("number", &parked.first()?.number.to_string())])
        }
        Event::DocumentResumed { .. } => {
            let number = document.map(|document| document.number.to_string()).unwrap_or_default();
            text.fill(Key::SaidResumed, &[("number", &number)])
        }
        Event::DocumentCompleted { .. } => {
            let last = done.completed().last()?;
            text.fill(Key::SaidCompleted, &[("number", &last.document().number.to_string())])
        }
        Event::DocumentCancelled { .. } => {
            let number = done.cancelled()?.document().number.to_string();
            text.fill(Key::SaidCancelled, &[("number", &number)])
        }
        Event::DocumentAbandoned { .. } => text.word(Key::SaidAbandoned).to_owned(),
        Event::DrawerOpened { .. } => text.word(Key::SaidDrawer).to_owned(),
        _ => return None,
    })
}

/// The sale that a quote became, what it comes to, and which quote it was.
fn converted(till: &Till, text: &Text, done: &Done) -> Option<String> {
    let quote = done.events().iter().find_map(|event| match event {
        Event::DocumentOpened(opened) if opened.kind == Kind::Sale => opened.original,
        _ => None,
    })?;
    let quote = till.find_document(quote).ok()??.document().number.to_string();
    let sale = till.draft()?;
    let (number, due) = (sale.number.to_string(), till.currency().show(sale.totals.net_due));
    Some(text.fill(Key::SaidConverted, &[("quote", &quote), ("number", &number), ("due", &due)]))
}

fn line_added(till: &Till, text: &Text, done: &Done, line: &LineItem) -> String {
    // The document has the computed figures; one that was settled at once is in the answer.
    let settled = || done.completed().first().map(Completed::document);
    let known = till.draft().or_else(settled).and_then(|document| document.line(line.no));
    let total = till.currency().show(known.map_or(line.total, |known| known.total));
    let quantity = quantity(line.quantity, &line.item.unit.code, line.item.unit.decimals);
    text.fill(Key::SaidLineAdded, &[("quantity", &quantity), ("name", &line.item.name), ("total", &total)])
}

fn line_voided(till: &Till, text: &Text, done: &Done, no: LineNo) -> String {
    // With the last line the document ends: it is in the answer.
    let known = till.draft().or_else(|| done.cancelled().map(Cancelled::document));
    let known = known.and_then(|document| document.line(no));
    let name = known.map_or_else(String::new, |line| format!("{} x {}", line.quantity, line.item.name));
    // The amount comes before the name, which may be longer than what a narrow screen has room for.
    let amount = till.currency().show(known.map_or(Money::ZERO, |line| line.total));
    text.fill(Key::SaidLineVoided, &[("line", &no.to_string()), ("amount", &amount), ("name", &name)])
}

fn resolved(till: &Till, text: &Text, done: &Done, no: TenderNo, approved: bool) -> Option<String> {
    let document = till.draft().or_else(|| done.completed().first().map(Completed::document))?;
    let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
    let tender = document.tenders.iter().chain(payouts).find(|known| known.no == no)?;
    let amount = till.currency().show(tender.amount);
    let values = [("kind", message::tender_kind(text, tender.kind)), ("amount", &*amount)];
    Some(text.fill(if approved { Key::SaidApproved } else { Key::SaidDeclined }, &values))
}

/// What was charged of more that was typed, where a tender gives no change.
pub(super) fn cut(till: &Till, text: &Text, command: &Command, done: &Done) -> Option<String> {
    let Command::TakeTender(TakeTender { kind, amount: Some(asked), .. }) = command else { return None };
    let taken = done.events().iter().find_map(|event| match event {
        Event::TenderTaken { tender, .. } if tender.direction == Direction::In => Some(tender.amount),
        _ => None,
    });
    // Cash is rounded to coins, which is no cut.
    let taken = taken.filter(|taken| taken < asked && *kind != TenderKind::Cash)?;
    let [taken, asked] = [taken, *asked].map(|amount| till.currency().show(amount));
    let values = [("kind", message::tender_kind(text, *kind)), ("amount", &*taken), ("typed", &asked)];
    Some(text.fill(Key::SaidCut, &values))
}

/// How many points were taken, where they were fewer than asked for: as many as the rules of the program allow here, or as it
/// allows while whoever keeps them does not answer.
pub(super) fn points_cut(text: &Text, asked: Points, taken: Points, is_away: bool) -> Option<String> {
    let values = [("taken", &*taken.to_string()), ("asked", &asked.to_string())];
    let key = if is_away { Key::SaidPointsCutAway } else { Key::SaidPointsCut };
    (taken < asked).then(|| text.fill(key, &values))
}

fn tender_taken(till: &Till, text: &Text, tender: &Tender) -> String {
    let document = till.draft();
    let balance = document.map(Document::balance).unwrap_or_default();
    let waits = |document: &Document| matches!(document.kind, Kind::Order | Kind::Layaway);
    let is_paid_ahead = balance.is_zero() && document.is_some_and(waits);
    let tip = tender.tip.map(|tip| {
        let [tip, all] = [tip.amount, tender.amount + tip.amount].map(|amount| till.currency().show(amount));
        format!(" {}", text.fill(Key::SaidTip, &[("tip", &tip), ("all", &all)]))
    });
    // Money goes out of a document that is paid for where what was taken for it before is given back.
    let is_paid_for = |document: &Document| !document.kind.pays_out() && document.exchange.is_none();
    let said = match tender.direction {
        _ if tender.is_pending() => Key::SaidTenderAsked,
        Direction::Out if document.is_some_and(is_paid_for) => Key::SaidTenderPaidBack,
        Direction::In | Direction::Out if is_paid_ahead => Key::SaidPaidAhead,
        // Change that has a key of its own lies in the drawer until that is pressed.
        Direction::In if balance.is_negative() => Key::SaidChangeDue,
        Direction::In | Direction::Out => Key::SaidTender,
    };
    let words = text.fill(
        said,
        &[
            ("kind", message::tender_kind(text, tender.kind)),
            ("amount", &till.currency().show(tender.amount)),
            ("balance", &till.currency().show(balance)),
            ("change", &till.currency().show(-balance)),
        ],
    );
    words + &tip.unwrap_or_default()
}

/// Change that is handed out while the document goes on, and the payment it was given out of. With what settles a
/// document the change stands above its receipt.
fn change_given(till: &Till, text: &Text, done: &Done, amount: Money) -> Option<String> {
    if till.draft().is_none() || !amount.is_positive() {
        return None;
    }
    let change = text.fill(Key::ChangeSaid, &[("amount", &till.currency().show(amount))]);
    let taken = done.events().iter().find_map(|event| match event {
        Event::TenderTaken { tender, .. } => Some(tender_taken(till, text, tender)),
        _ => None,
    });
    Some(match taken {
        Some(taken) => format!("{change}. {taken}"),
        None => change,
    })
}

/// A payment of this period that is unmade. What lay in the drawer is handed out; whether another was paid already its
/// provider knows.
fn tender_voided(till: &Till, text: &Text, no: TenderNo) -> String {
    let voided = till.draft().and_then(|document| document.tenders.iter().find(|known| known.no == no));
    let in_hand = voided.filter(|voided| {
        let is_cash = matches!(voided.kind, TenderKind::Cash | TenderKind::ForeignCurrency);
        is_cash && voided.direction == Direction::In
    });
    match in_hand {
        Some(taken) => goes_back(till, text, taken),
        None => text.word(Key::SaidTenderVoided).to_owned(),
    }
}

/// A payment that is taken back, with its tip. Of cash the change that it gave is not handed out twice; whatever else gave
/// change, such as notes of another currency, goes back as it came, and the change comes back for it.
fn goes_back(till: &Till, text: &Text, tender: &Tender) -> String {
    let show = |amount: Money| till.currency().show(amount);
    let tip = tender.tip.map_or(Money::ZERO, |tip| tip.amount);
    let is_one_sum = tender.kind == TenderKind::Cash || tender.change.is_zero();
    let (said, amount) = match &tender.foreign {
        _ if is_one_sum => (Key::SaidGoesBack, show(tender.amount - tender.change + tip)),
        Some(notes) => (Key::SaidGoesBackForChange, notes.currency.show(notes.amount)),
        None => (Key::SaidGoesBackForChange, show(tender.amount + tip)),
    };
    let (change, balance) = (tender.change, till.draft().map(Document::balance).unwrap_or_default());
    text.fill(
        said,
        &[
            ("kind", message::tender_kind(text, tender.kind)),
            ("amount", &amount),
            ("change", &show(change)),
            ("balance", &show(balance)),
        ],
    )
}

fn quantity(quantity: Quantity, unit: &str, decimals: u8) -> String {
    if decimals == 0 { quantity.to_string() } else { format!("{quantity} {}", unit.to_lowercase()) }
}

fn signed(till: &Till, kind: AdjustmentKind, amount: Money) -> String {
    till.currency().show(if kind == AdjustmentKind::Discount { -amount } else { amount })
}

/// What a document of a type and kind is called.
fn document_words(text: &Text, document_type: DocumentType, kind: Kind) -> &str {
    match kind {
        Kind::Return => text.word(Key::ReturnWord),
        Kind::Quote => text.event("OPEN_DOCUMENT quote"),
        Kind::Order => text.event("OPEN_DOCUMENT order"),
        Kind::Layaway => text.event("OPEN_DOCUMENT layaway"),
        _ => text.document_type(document_type),
    }
}
