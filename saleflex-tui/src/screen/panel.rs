//! Panels that are filled by name.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use crate::{
    action::Action,
    app::{self, Place, State, Tone},
    form::Control,
    text::Key,
    theme::Theme,
    widget::{elided, framed},
};

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    match control.name.as_str() {
        "MESSAGE" => draw_message(state, theme, frame, rect),
        "CUSTOMER" => draw_customer(state, theme, frame, rect),
        "LAST_RECEIPT" => draw_last_receipt(state, theme, frame, rect),
        "RETURN_HEAD" => super::refund::draw_head(state, theme, frame, rect),
        "POINTS" => draw_points(state, theme, frame, rect),
        "DEMO_PINS" => draw_demo_pins(state, theme, frame, rect),
        "WELCOME" => draw_welcome(state, theme, frame, rect),
        _ => super::record::draw(state, theme, frame, control, rect),
    }
}

fn draw_message(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let at_payment = matches!(state.place(), Place::Payment { .. });
    let cheaper = state.view.cheaper.as_ref().filter(|_| at_payment);
    let (words, style) = match &state.message {
        Some(message) => {
            let style = match message.tone {
                Tone::Good => theme.good,
                Tone::Bad => theme.bad,
                Tone::Notice => theme.notice,
            };
            (Cow::Borrowed(message.words.as_str()), style)
        }
        None => (idle_words(state), theme.dim),
    };
    let mut spans = vec![Span::styled(format!(" {words}"), style)];
    let at_sale = matches!(state.place(), Place::Sale);
    let no_campaigns = state.view.no_campaigns.filter(|_| at_sale).map(|key| state.text.word(key));
    if let Some(told) = cheaper.map(String::as_str).or(no_campaigns) {
        // Before the hints of keys, which a narrow screen has no room for beside it, and after what was just said.
        let at = usize::from(state.message.is_some());
        spans.insert(at, Span::styled(format!(" {told} "), theme.notice));
    }
    if let Some(advice) = state.view.advice.as_ref().filter(|_| at_sale) {
        let taken: usize = spans.iter().map(Span::width).sum();
        let room = rect.width.saturating_mul(rect.height);
        let room = room.saturating_sub(u16::try_from(taken).unwrap_or(u16::MAX));
        let whole = format!("  + {}", advice.whole);
        let fits = Span::raw(whole.as_str()).width() <= usize::from(room);
        let words = if fits { whole } else { elided(&format!("  {}", advice.short), room) };
        spans.push(Span::styled(words, theme.notice));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)).wrap(Wrap { trim: false }), rect);
}

/// What to do next, while there is nothing to say.
fn idle_words(state: &State) -> Cow<'_, str> {
    let focused = state.focus.as_ref().and_then(|focus| state.form()?.control(&focus.control));
    if let Some(tip) = focused.and_then(|control| control.tip.as_ref()) {
        return state.text.caption(tip).into();
    }
    if let Place::Record(record) = state.place()
        && let Some(told) = &record.told
    {
        return told.as_str().into();
    }
    let mode = state.place_mode();
    // The hints name the keys of the program.
    if state.keymap.is_changed(mode) {
        let help = state.keymap.key_of(mode, &Action::Help).map(|key| key.to_string()).unwrap_or_default();
        return state.text.fill(Key::HintOwnKeys, &[("key", &help)]).into();
    }
    let hint = match state.place() {
        Place::Sale if state.selling.selected.is_some() => Key::HintLine,
        Place::Sale => Key::HintSale,
        Place::Payment { .. } => Key::HintPayment,
        Place::Page { form, .. } if form == "CLOSURE" => Key::HintClosure,
        Place::Page { .. } if state.selling.is_left => Key::HintMenuFromSale,
        Place::Page { .. } => Key::HintMenu,
        Place::Record(record) => record.model.hint(),
        Place::List(list) => list.listing.words().hint,
        Place::Return(back) if back.sold.is_some() => Key::HintReturnPick,
        Place::Return(_) => Key::HintReturn,
        Place::Login(login) if login.locked_by.is_some() => Key::HintLocked,
        Place::Login(_) => Key::HintLogin,
        Place::Setup => Key::HintSetup,
    };
    if hint == Key::HintPayment {
        Cow::Owned(state.with_digits(hint))
    } else {
        Cow::Borrowed(state.text.word(hint))
    }
}

fn draw_customer(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let inner = framed(theme, frame, rect, state.text.word(Key::CustomerTitle));
    let view = &state.view;
    let name = view.customer.as_deref().unwrap_or_else(|| state.text.word(Key::WalkIn));
    let mut lines = vec![Line::from(name.to_owned())];
    if let (Some(tier), Some(points)) = (&view.tier, &view.points) {
        let available = points.available.to_string();
        let values = [("tier", tier.as_str()), ("points", available.as_str())];
        lines.push(Line::from(state.text.fill(Key::TierAndPoints, &values)));
        let worth = points.worth.map(|worth| view.currency.show(worth));
        lines.extend(worth.map(|worth| Line::from(state.text.fill(Key::PointsWorth, &[("amount", &worth)]))));
    }
    lines.extend(view.born.map(|born| birthday(state, theme, born)));
    // Each has a line of its own: a long name takes none of the others'.
    frame.render_widget(Paragraph::new(lines).style(theme.text), inner);
}

/// A birthday without the year, and that it is today.
fn birthday(state: &State, theme: &Theme, born: NaiveDate) -> Line<'static> {
    let day = |date: NaiveDate| (date.month(), date.day());
    if state.now.is_some_and(|now| day(now.date()) == day(born)) {
        return Line::styled(state.text.word(Key::BirthdayToday).to_owned(), theme.notice);
    }
    let on = born.format("%d/%m").to_string();
    Line::from(state.text.fill(Key::BirthdayOn, &[("day", &on)]))
}

fn draw_last_receipt(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let inner = framed(theme, frame, rect, state.text.word(Key::LastReceiptTitle));
    let lines = state.last_receipt.iter().flat_map(|receipt| receipt.lines.iter());
    let lines: Vec<Line<'_>> = lines.map(|line| Line::from(line.as_str())).collect();
    frame.render_widget(Paragraph::new(lines).style(theme.text), inner);
}

/// What the customer's points are good for; nothing where there are none.
fn draw_points(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let Some(words) = state.points_words() else { return };
    let words = if rect.height > 1 { words } else { elided(&words, rect.width) };
    frame.render_widget(Paragraph::new(words).style(theme.notice).wrap(Wrap { trim: true }), rect);
}

/// How to log in at the demo store.
fn draw_demo_pins(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    if state.view.demo_pins.is_empty() {
        return;
    }
    let pins: Vec<String> = state.view.demo_pins.iter().map(|(user, pin)| format!("{user} {pin}")).collect();
    let words = state.text.fill(Key::LoginDemo, &[("pins", &pins.join(", "))]);
    let text = Paragraph::new(words).style(theme.notice).alignment(Alignment::Center);
    frame.render_widget(text, rect);
}

fn draw_welcome(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let words = state.text.word(Key::SetupWelcome);
    let lines: Vec<Line<'_>> = words.lines().map(Line::from).collect();
    let text = Paragraph::new(lines).style(theme.text).alignment(Alignment::Left).wrap(Wrap { trim: false });
    frame.render_widget(text, rect);
}

/// What a cash key says: what its note is worth.
pub(super) fn words_of_note(state: &State, action: &Action) -> Option<String> {
    let Action::CashNote(note) = action else { return None };
    let notes = app::notes(&state.view.currency);
    notes.get(usize::from(*note).saturating_sub(1)).map(|note| state.view.currency.show(*note))
}
