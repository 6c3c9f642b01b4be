//! The title bar and the status bar.

use ratatui::{Frame, layout::Rect, text::Span};
use saleflex_core::document::{Document, Kind};

use crate::{app::State, form::Form, text::Key, theme::Theme, widget};

pub(super) fn draw_title(state: &State, theme: &Theme, frame: &mut Frame<'_>, form: &Form, rect: Rect) {
    let title = form.caption.as_ref().map_or("", |caption| state.text.caption(caption));
    let shop = format!("{} / {}", state.view.store, state.view.terminal);
    let training = if state.view.is_training { state.text.word(Key::Training) } else { "" };
    let shop = if state.view.store.is_empty() { "" } else { shop.as_str() };
    let parts = [state.text.word(Key::AppName), shop, title, training];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let left = format!(" {}", parts.join(" | "));
    let clock = state.now.map(|now| now.format("%H:%M").to_string()).unwrap_or_default();
    let help = state.text.word(Key::HelpReminder);
    widget::pair(frame, rect, &left, &format!("{help}  {clock} "), theme.bar);
}

/// Cashier, document, receipt, closure, customer, multiplier; on the right what waits. Of a member also tier and points, where
/// there is room for them.
pub(super) fn draw_status(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let view = &state.view;
    let right = format!("{} ", waiting(state).join(" | "));
    let width = |words: &str| Span::raw(words).width();
    let fits = |left: &String| width(left) + width(&right) < usize::from(rect.width);
    let name = view.customer.clone().unwrap_or_else(|| state.text.word(Key::WalkIn).to_owned());
    let whole = member_words(state, &name).map(|member| status_words(state, &member)).filter(fits);
    let left = whole.unwrap_or_else(|| status_words(state, &name));
    widget::pair(frame, rect, &left, &right, theme.bar);
}

/// A member by name, tier and points.
fn member_words(state: &State, name: &str) -> Option<String> {
    let (tier, points) = (state.view.tier.as_ref()?, state.view.points.as_ref()?);
    let points = points.available.to_string();
    let standing = state.text.fill(Key::TierAndPoints, &[("tier", tier), ("points", &points)]);
    Some(format!("{name}, {standing}"))
}

fn status_words(state: &State, customer: &str) -> String {
    let view = &state.view;
    let mut parts: Vec<String> = Vec::new();
    if let Some(person) = &view.cashier {
        parts.push(person.name.clone());
        parts.push(document_words(state, view.document.as_ref()));
        let number = view.document.as_ref().map(|document| document.number).or(view.next_number);
        if let Some(number) = number {
            let receipt = number.receipt.to_string();
            parts.push(state.text.fill(Key::StatusReceipt, &[("number", &receipt)]));
        }
        parts.push(state.text.fill(Key::StatusClosure, &[("number", &view.period.0.to_string())]));
        parts.push(customer.to_owned());
        let times = state.multiplier().map_or_else(|| "1".to_owned(), |quantity| quantity.to_string());
        parts.push(format!("x{times}"));
    }
    format!(" {}", parts.join(" | "))
}

/// What waits and what is switched.
fn waiting(state: &State) -> Vec<String> {
    let view = &state.view;
    let mut right: Vec<String> = state.devices_words().into_iter().collect();
    right.extend(state.sync_words());
    right.extend(state.messages_words());
    if state.selling.is_inquiry {
        right.push(state.text.word(Key::StatusInquiry).to_owned());
    }
    if state.is_flipped {
        right.push(state.text.word(Key::StatusFlipped).to_owned());
    }
    if !state.scans.is_empty() {
        right.push(state.text.fill(Key::StatusScans, &[("count", &state.scans.len().to_string())]));
    }
    if view.parked > 0 {
        right.push(state.text.fill(Key::StatusParked, &[("count", &view.parked.to_string())]));
    }
    right
}

/// Type and kind of the open document, or of the one a first line begins.
fn document_words(state: &State, document: Option<&Document>) -> String {
    let code = match document.map(|document| (document.kind, document.document_type)) {
        Some((Kind::Quote, _)) => "quote",
        Some((Kind::Order, _)) => "order",
        Some((Kind::Layaway, _)) => "layaway",
        Some((Kind::Return, _)) => return state.text.word(Key::ReturnWord).to_owned(),
        Some((_, paper)) => paper.code(),
        None => "fiscal_receipt",
    };
    state.text.event(&format!("OPEN_DOCUMENT {code}")).to_owned()
}
