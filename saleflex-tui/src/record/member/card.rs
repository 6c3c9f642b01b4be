//! Cards of a member: given out, blocked for good, replaced by another; and whether the membership holds.

use saleflex_core::loyalty::{Card, CardNumber, CardStatus, MemberStatus};
use saleflex_store::{Error, Till, customer::Customer};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    code, customer, opened_for,
};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// Cards of a member, and the membership.
pub(crate) struct CardModel;

#[derive(Clone, Copy)]
enum Task {
    Give,
    Block,
    Replace,
    Become(MemberStatus),
}

/// What can be done, and what each is called.
const TASKS: [(Task, Key); 6] = [
    (Task::Give, Key::CardGive),
    (Task::Block, Key::CardBlock),
    (Task::Replace, Key::CardReplace),
    (Task::Become(MemberStatus::Suspended), Key::MemberSuspend),
    (Task::Become(MemberStatus::Ended), Key::MemberEnd),
    (Task::Become(MemberStatus::Active), Key::MemberResume),
];

impl Model for CardModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "MEMBER_CARD",
            panel: "MEMBER_CARD_PANEL",
            definition: include_str!("../../../forms/member_card.toml"),
            event: "MEMBER_CARD_FORM",
            fields: &["CUSTOMER", "TASK", "NUMBER", "OLD", "CARDS"],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = opened_for(till, of)?;
        let mut lines = Vec::new();
        if let Some(known) = &known {
            let member = till.membership(known.id)?;
            lines.extend(member.map(|member| text.word(membership(member.status)).to_owned()));
            lines.extend(till.cards_of(known.id)?.iter().map(|card| card_line(text, card)));
        }
        let options = TASKS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        Ok(vec![
            ("CUSTOMER", code(known.as_ref())),
            ("TASK", Value::Choice { options, at: 0 }),
            ("NUMBER", Value::Text(String::new())),
            ("OLD", Value::Text(String::new())),
            ("CARDS", Value::Lines(lines)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let known = customer(&mut read, till, "CUSTOMER")?;
        let task = TASKS.get(entered.choice("TASK")).map_or(Task::Give, |(task, _)| *task);
        if let Task::Become(status) = task {
            read.finish()?;
            let Some(known) = known else { return Ok(()) };
            return Ok(till.set_member_status(known.id, status)?);
        }
        let number = read.needed("NUMBER", 50);
        let blocked = match task {
            Task::Give | Task::Become(_) => None,
            Task::Block => Some(("NUMBER", number.clone())),
            Task::Replace => Some(("OLD", read.needed("OLD", 50))),
        };
        if let (Some(known), Some((name, old))) = (&known, &blocked)
            && !old.is_empty()
            && !has(till, known, old)?
        {
            read.fault(name, text.word(Key::CardNotTheirs).to_owned());
        }
        read.finish()?;
        let Some(known) = known else { return Ok(()) };
        // The new card first: where its number is taken, the old one still serves.
        if !matches!(task, Task::Block) {
            till.issue_card(known.id, &number).map_err(|error| refused(text, error))?;
        }
        if let Some((_, old)) = blocked {
            till.block_card(&old).map_err(|error| refused(text, error))?;
        }
        Ok(())
    }
}

/// How a membership stands.
pub(in crate::record) const fn membership(status: MemberStatus) -> Key {
    match status {
        MemberStatus::Active => Key::MemberIsActive,
        MemberStatus::Suspended => Key::MemberIsSuspended,
        MemberStatus::Ended => Key::MemberIsEnded,
    }
}

/// Whether a customer has a card.
fn has(till: &Till, known: &Customer, number: &str) -> Result<bool, Error> {
    let Ok(number) = CardNumber::parse(number) else { return Ok(false) };
    Ok(till.cards_of(known.id)?.iter().any(|card| card.number == number))
}

fn refused(text: &Text, error: Error) -> Unsaved {
    match error {
        Error::Card(_) => Unsaved::Fields(vec![("NUMBER", message::error(text, &error))]),
        other => Unsaved::Till(other),
    }
}

/// A card and whether it still serves.
pub(in crate::record) fn card_line(text: &Text, card: &Card) -> String {
    let key = match card.status {
        CardStatus::Valid => Key::CardLine,
        CardStatus::Blocked => Key::CardBlockedLine,
    };
    text.fill(key, &[("number", card.number.as_str())])
}
