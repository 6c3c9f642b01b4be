//! Pieces with serial numbers: where they are, what became of them, until when they are under warranty.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use saleflex_core::{
    basket::LineItem,
    catalog::{LookupError, Sellable, SerialNo},
    document::{
        AddLine, Command, Completed, Document, Entered, KnownPiece, OriginalSale, PieceRefusal, Refusal,
        ReturnLine, Whereabouts,
    },
    ids::ProductId,
    inventory::{MovementKind, Place, Tracking},
    quantity::Quantity,
    time::Moment,
};

use super::Till;
use crate::{
    books::journal,
    error::Error,
    goods::stock::{self, MovementRecord, MovementStory},
    request::Request,
};

/// The attribute of a product that says for how many months after its sale a piece is under warranty.
pub const WARRANTY_MONTHS: &str = "warranty_months";

/// A piece, and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PieceStory {
    /// The product it is a piece of.
    pub product: ProductId,
    /// Its serial number, unique within the product.
    pub serial: SerialNo,
    /// Where it lies; none: it is sold, gone, or was never here.
    pub place: Option<Place>,
    /// What moved it, the earliest first.
    pub movements: Vec<MovementStory>,
    /// The day it was sold; none: it never was, or came back.
    pub sold: Option<NaiveDate>,
    /// The last day of its warranty: so many months after the sale as the product's attribute [`WARRANTY_MONTHS`] says;
    /// of a month that is too short its last day.
    pub warranty_until: Option<NaiveDate>,
}

/// Pieces with serial numbers.
impl Till {
    /// The pieces of any product that have a number: where they are, what moved them, until when they are under warranty.
    /// Makers give numbers on their own, so that two products may have the same.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn pieces(&self, serial: &SerialNo) -> Result<Vec<PieceStory>, Error> {
        let lying = stock::places_of_piece(self.connection(), serial)?;
        let moved = stock::movements_of_piece(self.connection(), serial)?;
        let mut products: Vec<ProductId> = lying.iter().map(|place| place.item.product).collect();
        products.extend(moved.iter().map(|movement| movement.place.item.product));
        products.sort_unstable();
        products.dedup();
        let mut stories = Vec::new();
        for product in products {
            let mut movements = Vec::new();
            for movement in moved.iter().filter(|known| known.place.item.product == product) {
                movements.push(self.movement_story(movement.clone())?);
            }
            let place = lying.iter().find(|place| place.item.product == product).copied();
            if place.is_some() || !movements.is_empty() {
                stories.push(self.story_of_piece(product, serial, place, movements));
            }
        }
        Ok(stories)
    }

    fn story_of_piece(
        &self,
        product: ProductId,
        serial: &SerialNo,
        place: Option<Place>,
        movements: Vec<MovementStory>,
    ) -> PieceStory {
        let sale = last_sale(&movements, |story| story.movement.kind).filter(|_| place.is_none());
        let sold = sale.map(|story| story.at.business_date);
        let months =
            self.catalog.details(product).and_then(|details| details.attributes.get(WARRANTY_MONTHS));
        let months = months.and_then(|months| months.to_string().parse().ok().map(Months::new));
        let warranty_until = sold.zip(months).and_then(|(sold, months)| sold.checked_add_months(months));
        PieceStory { product, serial: serial.clone(), place, movements, sold, warranty_until }
    }

    /// The product of which a piece with this number lies where the till sells from, where it is only one.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn product_of_piece(&self, entered: &str) -> Result<Option<(ProductId, SerialNo)>, Error> {
        let (Ok(serial), Some(counter)) = (SerialNo::parse(entered), self.counter()) else { return Ok(None) };
        let places = stock::places_of_piece(self.connection(), &serial)?;
        let mut here = places.iter().filter(|place| place.location == counter);
        let only = here.next().filter(|_| here.next().is_none());
        Ok(only.map(|place| (place.item.product, serial)))
    }

    /// What no product is known by may be the number of a piece: then that piece is meant.
    pub(super) fn with_scanned_piece(&self, request: Request, moment: Moment) -> Result<Request, Error> {
        let Command::AddLine(add) = &request.command else { return Ok(request) };
        let Entered::Code(entered) = &add.entered else { return Ok(request) };
        let is_one = add.quantity.is_none_or(|quantity| quantity == Quantity::ONE);
        let is_unknown = || {
            let (today, currency) = (moment.local.date(), &self.identity.currency);
            matches!(self.catalog.find(entered, today, currency), Err(LookupError::NotFound { .. }))
        };
        if !is_one || !add.serials.is_empty() || !is_unknown() {
            return Ok(request);
        }
        let Some((product, serial)) = self.product_of_piece(entered)? else {
            let sells = self.draft().is_none_or(|document| !document.kind.pays_out());
            let sold = if sells { self.sold_piece(entered)? } else { None };
            return sold.map_or(Ok(request), |refusal| Err(refusal.into()));
        };
        let Some(product) = self.catalog.product(product) else { return Ok(request) };
        let entered = Entered::Code(product.code().to_owned());
        let command = Command::AddLine(AddLine { entered, serials: vec![serial], ..add.clone() });
        Ok(Request { command, ..request })
    }

    /// Why nothing is sold by what was entered, where it is the number of a piece that was sold and is not back; of several
    /// the one that was sold last.
    ///
    /// # Errors
    /// As [`Till::pieces`].
    pub fn sold_piece(&self, entered: &str) -> Result<Option<Refusal>, Error> {
        let Ok(serial) = SerialNo::parse(entered) else { return Ok(None) };
        let moved = stock::movements_of_piece(self.connection(), &serial)?;
        let mut products = BTreeSet::new();
        for movement in moved.iter().rev() {
            let product = movement.place.item.product;
            if !products.insert(product) {
                continue;
            }
            if let Some(Whereabouts::Sold { on, document }) = self.whereabouts(product, &serial)? {
                return Ok(Some(Refusal::Piece(PieceRefusal::Sold { serial, on, document })));
            }
        }
        Ok(None)
    }

    /// Where a piece of a product is; none: the till never saw it.
    ///
    /// # Errors
    /// As [`Till::pieces`].
    pub fn whereabouts(&self, product: ProductId, serial: &SerialNo) -> Result<Option<Whereabouts>, Error> {
        let lying = stock::places_of_piece(self.connection(), serial)?;
        let mut lying = lying.into_iter().filter(|place| place.item.product == product).peekable();
        if lying.peek().is_some() {
            let is_here = lying.any(|place| Some(place.location) == self.counter());
            return Ok(Some(if is_here { Whereabouts::Here } else { Whereabouts::Elsewhere }));
        }
        let mut moved = stock::movements_of_piece(self.connection(), serial)?;
        moved.retain(|movement| movement.place.item.product == product);
        match last_sale(&moved, |movement| movement.kind) {
            Some(sale) => self.sold_by(sale, serial).map(Some),
            // Sold beyond its stock and brought back: it is here, though nothing ever counted it in.
            None if moved.last().is_none_or(|last| comes_in(last.kind)) => Ok(None),
            None => Ok(Some(Whereabouts::Gone)),
        }
    }

    fn sold_by(&self, sale: &MovementRecord, serial: &SerialNo) -> Result<Whereabouts, Error> {
        let entry = journal::read(self.connection(), sale.seq)?;
        let mut completed = entry.effects.completed.iter().map(Completed::document);
        let sells = |document: &&Document| {
            let leaves = !document.kind.pays_out();
            leaves && document.active_lines().any(|line| line.serials.contains(serial))
        };
        let document = completed.find(sells).ok_or(Error::Contradiction { seq: sale.seq })?;
        Ok(Whereabouts::Sold { on: entry.at.business_date, document: document.number })
    }

    /// What is known of the pieces that a command is about. Paying and closing are about those of the open document;
    /// whatever else is done to it is not, and asks for none.
    pub(super) fn known_pieces(
        &self,
        command: &Command,
        item: Option<&Sellable>,
        original: Option<&OriginalSale>,
    ) -> Result<Vec<KnownPiece>, Error> {
        let draft = self.draft();
        let mut named: Vec<(Option<ProductId>, &[SerialNo])> = Vec::new();
        if let Command::AddLine(add) = command {
            named.push((item.and_then(|item| item.product), &add.serials));
        } else if let Command::NamePieces { line, serials } = command {
            let line = draft.and_then(|document| document.line(*line));
            named.push((line.and_then(|line| line.item.product), serials));
        } else if matches!(command, Command::TakeTender(_) | Command::Close | Command::ExchangeForSale) {
            let lines = draft.into_iter().flat_map(Document::active_lines);
            named.extend(lines.map(|line| (line.item.product, &*line.serials)));
        }
        for (sold, back) in brought_back(command, original) {
            named.extend([&*sold.serials, &*back.serials].map(|of| (sold.item.product, of)));
        }
        let mut seen = BTreeSet::new();
        let mut known = Vec::new();
        for (product, serials) in named {
            let Some(product) = product else { continue };
            for serial in serials.iter().filter(|serial| seen.insert((product, *serial))) {
                if let Some(whereabouts) = self.whereabouts(product, serial)? {
                    known.push(KnownPiece { product, serial: serial.clone(), whereabouts });
                }
            }
        }
        Ok(known)
    }

    /// The products, among those that a command brings back, of which every piece has a number by now.
    pub(super) fn numbered(&self, command: &Command, original: Option<&OriginalSale>) -> Vec<ProductId> {
        let products = brought_back(command, original).filter_map(|(sold, _)| sold.item.product);
        products.filter(|product| self.has_serials(*product)).collect()
    }

    /// Whether every piece of a product has a serial number.
    pub fn has_serials(&self, product: ProductId) -> bool {
        self.tracking(product) == Tracking::Serials
    }
}

/// The lines of the original sale that a command brings back, each with what it says of that.
fn brought_back<'a>(
    command: &'a Command,
    original: Option<&'a OriginalSale>,
) -> impl Iterator<Item = (&'a LineItem, &'a ReturnLine)> {
    let lines: &[ReturnLine] = if let Command::ReturnLine(back) = command {
        std::slice::from_ref(back)
    } else if let Command::TakeBack { lines } = command {
        lines
    } else {
        &[]
    };
    let sale = original.map(|original| original.sale.document());
    lines.iter().filter_map(move |back| Some((sale?.line(back.line)?, back)))
}

const fn comes_in(kind: MovementKind) -> bool {
    matches!(kind, MovementKind::Return | MovementKind::Purchase)
}

/// The sale of a piece by its movements, the earliest first, unless it came back after it. A delivery that was booked late
/// says nothing of that.
fn last_sale<T>(moved: &[T], kind: impl Fn(&T) -> MovementKind) -> Option<&T> {
    let is_traded = |moved: &&T| {
        matches!(kind(moved), MovementKind::Sale | MovementKind::Return | MovementKind::Purchase)
    };
    moved.iter().rfind(is_traded).filter(|moved| kind(moved) == MovementKind::Sale)
}
