//! Pieces with serial numbers: where they are, what became of them, until when they are under warranty.

use chrono::{Months, NaiveDate};
use saleflex_core::{
    catalog::{LookupError, Sellable, SerialNo},
    document::{AddLine, Command, Document, Entered, KnownPiece},
    ids::ProductId,
    inventory::{MovementKind, Place, Tracking},
    quantity::Quantity,
    time::Moment,
};

use super::Till;
use crate::{
    error::Error,
    goods::{stock, stock::MovementStory},
    request::Request,
};

/// The attribute of a product that says for how many months after its sale a piece is under warranty.
pub const WARRANTY_MONTHS: &str = "warranty_months";

/// A piece, and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PieceStory {
    /// What it is.
    pub product: ProductId,
    /// Its number.
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
                let story = self.movement_story(movement.clone())?;
                if story.serials.contains(serial) {
                    movements.push(story);
                }
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
        let last = movements.last().filter(|story| story.movement.kind == MovementKind::Sale);
        let sold = last.map(|story| story.at.business_date);
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
        let Some((product, serial)) = self.product_of_piece(entered)? else { return Ok(request) };
        let Some(product) = self.catalog.product(product) else { return Ok(request) };
        let entered = Entered::Code(product.code().to_owned());
        let command = Command::AddLine(AddLine { entered, serials: vec![serial], ..add.clone() });
        Ok(Request { command, ..request })
    }

    /// Where the pieces are that a command or the open document names; none where the store does not check what is rung
    /// up.
    pub(super) fn known_pieces(
        &self,
        command: &Command,
        item: Option<&Sellable>,
    ) -> Result<Option<Vec<KnownPiece>>, Error> {
        if !self.settings.stock.check_at_ring_up {
            return Ok(None);
        }
        let draft = self.draft();
        let (product, serials): (_, &[SerialNo]) = if let Command::AddLine(add) = command {
            (item.and_then(|item| item.product), &add.serials)
        } else if let Command::NamePieces { line, serials } = command {
            let line = draft.and_then(|document| document.line(*line));
            (line.and_then(|line| line.item.product), serials)
        } else {
            (None, &[])
        };
        let lines = draft.into_iter().flat_map(Document::active_lines);
        let on_document = lines.map(|line| (line.item.product, &*line.serials));
        let counter = self.counter();
        let mut known = Vec::new();
        for (product, serials) in on_document.chain([(product, serials)]) {
            let Some(product) = product else { continue };
            for serial in serials {
                let places = stock::places_of_piece(self.connection(), serial)?;
                let of_product = places.iter().filter(|place| place.item.product == product);
                known.extend(of_product.map(|place| {
                    let is_here = Some(place.location) == counter;
                    KnownPiece { product, serial: serial.clone(), is_here }
                }));
            }
        }
        Ok(Some(known))
    }

    /// Whether every piece of a product has a serial number.
    pub fn has_serials(&self, product: ProductId) -> bool {
        self.tracking(product) == Tracking::Serials
    }
}
