//! Scales: a stable net weight, asked for when it is needed.

use std::time::Duration;

use rust_decimal::Decimal;
use saleflex_core::quantity::Quantity;

use super::{
    Trouble,
    address::{Address, Connection},
};

mod cas;
mod toledo;

pub use self::{cas::Cas, toledo::Toledo8217};

/// Weighs.
pub trait Scale: Send {
    /// The weight that lies on the scale now.
    ///
    /// # Errors
    /// [`ScaleError`]; trying again is right for [`ScaleError::Moving`].
    fn weigh(&mut self) -> Result<Weight, ScaleError>;
}

/// A stable weight above nothing, without the tare: in kilograms, to the gram.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Weight {
    /// How much.
    pub net_kg: Quantity,
    /// Whether the scale has taken a tare off already.
    pub is_tared: bool,
}

/// Why there is no weight to sell by.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// It still moves.
    #[error("the weight is not stable yet")]
    Moving,
    /// Nothing lies on it, or no more than the tare.
    #[error("nothing is on the scale")]
    Zero,
    /// Less than nothing: the scale needs zeroing.
    #[error("the scale shows less than nothing: set it to zero")]
    BelowZero,
    /// More than it can carry.
    #[error("the scale is overloaded")]
    Overload,
    /// It cannot be asked.
    #[error("the scale {0}")]
    Device(#[from] Trouble),
}

/// How a kind of scale is asked and answers.
pub trait ScaleProtocol: Send {
    /// Asks once and reads the answer. Zero and moving weights are refused by [`Answer::weight`].
    ///
    /// # Errors
    /// [`Trouble`], or what the scale says instead of a weight.
    fn ask(&self, line: &mut dyn Connection) -> Result<Answer, ScaleError>;
}

/// What a scale answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Grams, below nothing too.
    pub grams: i64,
    /// Whether it had come to rest.
    pub is_stable: bool,
    /// Whether a tare is taken off.
    pub is_tared: bool,
}

impl Answer {
    /// The weight to sell by, the product's own tare taken off.
    ///
    /// # Errors
    /// [`ScaleError::Moving`], [`ScaleError::BelowZero`] or [`ScaleError::Zero`].
    pub fn weight(self, tare_g: u32) -> Result<Weight, ScaleError> {
        if !self.is_stable {
            return Err(ScaleError::Moving);
        }
        if self.grams < 0 {
            return Err(ScaleError::BelowZero);
        }
        // A scale that was tared by its key has taken the packing off already.
        let tare = if self.is_tared { 0 } else { i64::from(tare_g) };
        let net = self.grams - tare;
        if net <= 0 {
            return Err(ScaleError::Zero);
        }
        let net_kg = Quantity::try_new(Decimal::new(net, 3)).map_err(|_| ScaleError::Overload)?;
        Ok(Weight { net_kg, is_tared: self.is_tared || tare_g > 0 })
    }
}

/// A scale at an address.
pub struct AddressedScale {
    address: Address,
    protocol: Box<dyn ScaleProtocol>,
    patience: Duration,
    /// What the product's packing weighs, in grams.
    pub tare_g: u32,
}

impl AddressedScale {
    /// A scale that answers within `patience`.
    pub fn new(address: Address, protocol: Box<dyn ScaleProtocol>, patience: Duration) -> Self {
        Self { address, protocol, patience, tare_g: 0 }
    }
}

impl Scale for AddressedScale {
    fn weigh(&mut self) -> Result<Weight, ScaleError> {
        let mut line = self.address.open(self.patience)?;
        self.protocol.ask(&mut *line)?.weight(self.tare_g)
    }
}

const STX: u8 = 0x02;

fn send(line: &mut dyn Connection, bytes: &[u8]) -> Result<(), ScaleError> {
    let sent = line.write_all(bytes).and_then(|()| line.flush());
    sent.map_err(|error| Trouble::working(&error).into())
}

/// Reads up to a byte that ends an answer; an answer longer than any is nonsense.
fn read_until(line: &mut dyn Connection, end: u8) -> Result<Vec<u8>, ScaleError> {
    const LONGEST: usize = 32;
    let mut answer = Vec::new();
    while answer.len() < LONGEST {
        let byte = super::printer::read_byte(line)?;
        if byte == end {
            return Ok(answer);
        }
        answer.push(byte);
    }
    Err(Trouble::Nonsense.into())
}

/// Digits around one decimal point, read as thousandths: `1.25` is 1250.
fn thousandths(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 3 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = format!("{fraction:0<3}");
    whole.parse::<i64>().ok()?.checked_mul(1000)?.checked_add(fraction.parse().ok()?)
}
