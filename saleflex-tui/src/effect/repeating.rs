//! A finished sale rung up once more, at today's prices.

use saleflex_core::{
    basket::LineItem,
    cashier::Approval,
    catalog::PriceRule,
    document::{AddLine, AgeEvidence, Command, Document, Kind, Refusal},
    ids::DocumentId,
};
use saleflex_store::{Error, Request, Shell, Till};

use super::{Denial, Desk, Outcome, desk::execute};
use crate::{
    message,
    text::{Key, Text},
};

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Rings up what was sold before, on the open sale or a new one. What cannot be sold today is named and left out.
    pub(super) fn repeat(
        &mut self,
        document: DocumentId,
        age: Option<AgeEvidence>,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let (text, is_approved) = (self.text(), approval.is_some());
        // Whoever agreed agreed to one thing: to the first line.
        let mut approval = approval;
        let lines = lines_of(self.known_till()?, text, document)?;
        let (mut outcome, mut rung, mut left_out) = (Outcome::default(), 0_usize, Vec::new());
        for (name, line) in lines {
            let add = AddLine { age, ..line };
            let request = Request::from(Command::AddLine(add)).counted();
            match execute(self.known_till()?, request, approval.take()) {
                Err(error) if rung == 0 && can_be_asked(&error) => {
                    return self.settled(Err(error), is_approved);
                }
                Err(error) => left_out.push((name, message::error(text, &error))),
                done => {
                    outcome = self.settled(done, is_approved)?;
                    rung += 1;
                }
            }
        }
        if rung == 0 {
            let why = left_out.into_iter().next().map(|(_, why)| why);
            return Err(Denial::Said(why.unwrap_or_else(|| text.word(Key::NothingToRepeat).to_owned())));
        }
        Ok(Outcome { message: Some(told(text, rung, &left_out)), ..outcome })
    }
}

/// Whether somebody can do something about it before anything was rung up: agree, or look at the buyer.
const fn can_be_asked(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal::ApprovalNeeded { .. } | Refusal::AgeCheckNeeded { .. }))
}

fn told(text: &Text, rung: usize, left_out: &[(String, String)]) -> String {
    let said = text.fill(Key::SaidRepeated, &[("lines", &rung.to_string())]);
    if left_out.is_empty() {
        return said;
    }
    let names: Vec<&str> = left_out.iter().map(|(name, _)| name.as_str()).collect();
    format!("{said} {}", text.fill(Key::SaidLeftOut, &[("names", &names.join(", "))]))
}

/// What was sold on a document, each with its name, as it is entered today: those first that ask for an age, so that it
/// is asked for before anything is rung up.
fn lines_of(till: &mut Till, text: &Text, document: DocumentId) -> Result<Vec<(String, AddLine)>, Denial> {
    let said = |key: Key| Denial::Said(text.word(key).to_owned());
    let found = till.find_document(document).map_err(|error| Denial::Said(message::error(text, &error)))?;
    let is_sale = |document: &Document| matches!(document.kind, Kind::Sale | Kind::Order | Kind::Layaway);
    let Some(found) = found.filter(|found| is_sale(found.document())) else {
        return Err(said(Key::OnlySalesRepeat));
    };
    if till.draft().is_some_and(|open| !is_sale(open)) {
        return Err(said(Key::OtherDocumentOpen));
    }
    // Deposits come with what they are for.
    let sold = found.document().active_lines().filter(|line| line.container_of.is_none());
    let entered = sold.map(|line| (needs_age(till, line), line.item.name.clone(), again(till, line)));
    let mut lines: Vec<(bool, String, AddLine)> = entered.collect();
    lines.sort_by_key(|(needs_age, ..)| !needs_age);
    Ok(lines.into_iter().map(|(_, name, line)| (name, line)).collect())
}

fn needs_age(till: &Till, line: &LineItem) -> bool {
    let product = line.item.product.and_then(|product| till.catalog().product(product));
    product.is_some_and(|product| product.minimum_age().is_some())
}

/// How a line is entered today; what has no price of its own is sold at the one it had. A product that is gone is entered by
/// the code it had, and refused by name.
fn again(till: &Till, line: &LineItem) -> AddLine {
    let item = &line.item;
    let add = match item.product {
        Some(product) => {
            let known = till.catalog().product(product);
            let code = known.map_or_else(|| item.code.clone(), |known| known.code().to_owned());
            let is_open = known.is_some_and(|known| known.price_rule() == PriceRule::Open);
            AddLine { price: is_open.then_some(line.unit_price), ..AddLine::code(code) }
        }
        None => AddLine::department(item.sub_department.unwrap_or(item.department), line.unit_price),
    };
    AddLine { quantity: Some(line.quantity), ..add }
}
