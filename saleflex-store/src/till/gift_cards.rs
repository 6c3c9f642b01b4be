//! Gift cards at the till: their numbers are turned into what they come to before anything is written, and no more is
//! taken than the hub lent of the balance.

use saleflex_core::{
    document::{Command, Document, TakeTender, VoucherRest},
    ids::TenderNo,
    money::Money,
    tender::{GiftCardNumber, PrepaidKind, TenderDetails, TenderKind},
};

use super::Till;
use crate::{
    books::vouchers,
    error::Error,
    exchange::quotas::{self, Quota, Share, Withheld},
    request::Request,
};

impl Till {
    /// Puts the card in the place of its number, and how much may be taken of it where a hub lends or the till gave the
    /// voucher out itself. At a till on its own what is no such number is a voucher's, and stays as it is shown.
    pub(super) fn with_gift_card(&mut self, request: Request) -> Result<Request, Error> {
        if let Command::VoidTender { tender, .. } = &request.command {
            self.check_taken_again(*tender)?;
        }
        let Command::TakeTender(take) = &request.command else { return Ok(request) };
        let shown = take.details.reference.as_deref().filter(|_| take.kind == TenderKind::PrepaidCard);
        let Some(shown) = shown else { return Ok(request) };
        let own = match GiftCardNumber::parse(shown) {
            Ok(number) => vouchers::balance(self.connection(), number.id())?.map(|left| (number, left)),
            Err(_) => None,
        };
        if let Some((number, left)) = own {
            let pays = !self.draft().is_some_and(pays_out);
            if pays && !left.is_positive() {
                return Err(Error::GiftCardEmpty { last4: number.last4().to_owned() });
            }
            let details = TenderDetails { balance_before: Some(left), ..of_card(take, &number) };
            let take = TakeTender { details, ..take.clone() };
            return Ok(Request { command: Command::TakeTender(take), ..request });
        }
        let is_alone = self.connectors.is_empty();
        let terms = if is_alone { None } else { quotas::terms(self.connection())? };
        let number = match (GiftCardNumber::parse(shown), &terms) {
            (Ok(number), Some(_)) => number,
            (Err(error), Some(_)) => return Err(error.into()),
            (Ok(number), None) if is_alone => number,
            // A hub that was not heard yet may keep no cards.
            (_, None) => return Ok(request),
        };
        let mut details = of_card(take, &number);
        if let Some((connector, _)) = terms.filter(|_| !self.draft().is_some_and(pays_out)) {
            details.balance_before = Some(self.lent_of(&connector, &number)?);
        }
        let take = TakeTender { details, ..take.clone() };
        Ok(Request { command: Command::TakeTender(take), ..request })
    }

    /// Refuses to take back what put money back onto a voucher of the till's own, where that was spent since.
    fn check_taken_again(&self, no: TenderNo) -> Result<(), Error> {
        let again = self.draft().and_then(|document| vouchers::taken_again(document, no));
        let Some((card, amount, tender)) = again else { return Ok(()) };
        let is_spent = vouchers::balance(self.connection(), card)?.is_some_and(|left| left < amount);
        let last4 = tender.details.last4.clone().unwrap_or_default();
        if is_spent { Err(Error::GiftCardEmpty { last4 }) } else { Ok(()) }
    }

    /// What becomes of the rest of a voucher here. A new one is known to the till alone that gave it out, so that the rule
    /// of the settings holds at a till on its own; with a connector the rest stays.
    pub fn voucher_rest(&self) -> VoucherRest {
        let rule = self.settings.policy.voucher_rest;
        if self.connectors.is_empty() { rule } else { VoucherRest::Stays }
    }

    /// The number of a voucher that a tender may have to be followed by: for the rest of one that is worth more, or for what
    /// is paid back.
    pub(super) fn new_voucher(&mut self, command: &Command) -> Option<GiftCardNumber> {
        let gives = self.voucher_rest() == VoucherRest::NewVoucher;
        let is_voucher = matches!(command, Command::TakeTender(take)
            if PrepaidKind::shown(take.kind, &take.details) == Some(PrepaidKind::Voucher));
        (gives && is_voucher).then(|| GiftCardNumber::minted(self.shell.new_id()))
    }

    /// How much of a card may be taken now; asks the hub where nothing was lent of it.
    fn lent_of(&mut self, connector: &str, number: &GiftCardNumber) -> Result<Money, Error> {
        let now = self.shell.now().instant;
        let connection = self.connection();
        let quota = Quota::of_gift_card(number.id());
        let share = quotas::share(connection, connector, quota)?;
        let usable = share.as_ref().map_or_else(Default::default, |share| quotas::usable(share, now));
        if usable.is_positive() {
            return Ok(usable);
        }
        let last4 = number.last4().to_owned();
        let is_over = share.as_ref().is_some_and(|share| share.left() > 0);
        // The store's hub has heard of the company's by now, perhaps.
        let is_asked_above = share
            .as_ref()
            .is_some_and(|share| !share.is_wanted && share.withheld() == Some(Withheld::AskedAbove));
        if is_over || is_asked_above || Share::is_to_be_asked_for(share.as_ref(), now) {
            quotas::want(connection, connector, &[quota])?;
            return Err(Error::GiftCardNotLent { last4 });
        }
        let is_elsewhere =
            share.as_ref().is_some_and(|share| share.withheld() == Some(Withheld::LentElsewhere));
        Err(if share.is_some_and(|share| share.is_wanted) {
            Error::GiftCardNotLent { last4 }
        } else if is_elsewhere {
            Error::GiftCardLentElsewhere { last4 }
        } else {
            Error::GiftCardEmpty { last4 }
        })
    }
}

/// What is written down of a card in the place of its number.
fn of_card(take: &TakeTender, number: &GiftCardNumber) -> TenderDetails {
    TenderDetails {
        reference: None,
        last4: Some(number.last4().to_owned()),
        gift_card: Some(number.id()),
        ..take.details.clone()
    }
}

/// Whether the shop pays.
fn pays_out(document: &Document) -> bool {
    document.kind.pays_out() || (document.exchange.is_some() && document.balance().is_negative())
}
