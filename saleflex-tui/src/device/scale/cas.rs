use super::{Answer, STX, ScaleError, ScaleProtocol, send, thousandths};
use crate::device::{Trouble, address::Connection, printer::read_byte};

const SOH: u8 = 0x01;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const ACK: u8 = 0x06;
const DC1: u8 = 0x11;

/// The protocol of CAS counter scales: `ENQ`, answered by `ACK`; `DC1`, answered by a frame of state, sign, six
/// characters of weight, two of unit and a checksum: `SOH STX S␣01.250kg BCC ETX EOT`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cas;

impl ScaleProtocol for Cas {
    fn ask(&self, line: &mut dyn Connection) -> Result<Answer, ScaleError> {
        send(line, &[ENQ])?;
        if read_byte(line)? != ACK {
            return Err(Trouble::Nonsense.into());
        }
        send(line, &[DC1])?;
        let mut frame = [0; 15];
        for byte in &mut frame {
            *byte = read_byte(line)?;
        }
        read(&frame)
    }
}

fn read(frame: &[u8; 15]) -> Result<Answer, ScaleError> {
    let [SOH, STX, body @ .., bcc, ETX, EOT] = frame else { return Err(Trouble::Nonsense.into()) };
    let [state, sign, weight @ .., unit_1, unit_2] = body;
    if body.iter().fold(0, |sum, byte| sum ^ byte) != *bcc
        || [*unit_1, *unit_2].to_ascii_lowercase() != *b"kg"
    {
        return Err(Trouble::Nonsense.into());
    }
    if *sign == b'F' || weight.contains(&b'F') {
        return Err(ScaleError::Overload);
    }
    let is_stable = match state {
        b'S' => true,
        b'U' => false,
        _ => return Err(Trouble::Nonsense.into()),
    };
    let grams = thousandths(weight).ok_or(Trouble::Nonsense)?;
    let grams = match sign {
        b' ' => grams,
        b'-' => -grams,
        _ => return Err(Trouble::Nonsense.into()),
    };
    Ok(Answer { grams, is_stable, is_tared: false })
}
