use super::{Answer, STX, ScaleError, ScaleProtocol, read_until, send, thousandths};
use crate::device::{Trouble, address::Connection, printer::read_byte};

const CR: u8 = 0x0d;

/// The protocol of Mettler Toledo's 8217 and the many scales that follow it: `W` asks, `STX 1.250 CR` is a stable
/// weight in kilograms, `STX ? status CR` says why there is none. An `N` behind the digits marks a net weight.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toledo8217;

impl ScaleProtocol for Toledo8217 {
    fn ask(&self, line: &mut dyn Connection) -> Result<Answer, ScaleError> {
        send(line, b"W")?;
        if read_byte(line)? != STX {
            return Err(Trouble::Nonsense.into());
        }
        let answer = read_until(line, CR)?;
        if let [b'?', status] = answer.as_slice() {
            return Err(refusal(*status));
        }
        let (digits, is_tared) = match answer.as_slice() {
            [digits @ .., b'N'] => (digits, true),
            digits => (digits, false),
        };
        let grams = thousandths(digits).ok_or(Trouble::Nonsense)?;
        Ok(Answer { grams, is_stable: true, is_tared })
    }
}

/// The status byte: bit 0 in motion, bit 1 over capacity, bit 2 under zero. The others tell of a weight that is.
const fn refusal(status: u8) -> ScaleError {
    if status & 0x02 != 0 {
        ScaleError::Overload
    } else if status & 0x04 != 0 {
        ScaleError::BelowZero
    } else if status & 0x01 != 0 {
        ScaleError::Moving
    } else {
        ScaleError::Device(Trouble::Nonsense)
    }
}
