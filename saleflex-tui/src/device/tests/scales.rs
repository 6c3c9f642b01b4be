use saleflex_core::quantity::Quantity;

use super::*;
use crate::device::{
    scale::{AddressedScale, Answer, Cas, Scale, ScaleError, ScaleProtocol, Toledo8217, Weight},
    simulator::VirtualScale,
};

fn weigh(protocol: impl ScaleProtocol + 'static, answers: &[(u8, &[u8])]) -> Result<Weight, ScaleError> {
    weigh_within(LONG, protocol, answers)
}

fn weigh_within(
    patience: Duration,
    protocol: impl ScaleProtocol + 'static,
    answers: &[(u8, &[u8])],
) -> Result<Weight, ScaleError> {
    let device = VirtualScale::start().unwrap();
    device.answer(answers);
    AddressedScale::new(device.address(), Box::new(protocol), patience).weigh()
}

fn kg(text: &str) -> Weight {
    Weight { net_kg: Quantity::parse(text).unwrap(), is_tared: false }
}

#[test]
fn a_toledo_scale_gives_a_stable_weight_with_three_digits() {
    let ask = |answer: &[u8]| weigh(Toledo8217, &[(b'W', answer)]);
    assert_eq!(ask(b"\x0201.250\r"), Ok(kg("1.25")));
    assert_eq!(ask(b"\x020.005\r"), Ok(kg("0.005")));
    assert_eq!(ask(b"\x020.485N\r"), Ok(Weight { is_tared: true, ..kg("0.485") }));
}

#[test]
fn moving_empty_overloaded_and_negative_scales_are_refused_by_name() {
    let ask = |answer: &[u8]| weigh(Toledo8217, &[(b'W', answer)]).unwrap_err();
    assert_eq!(ask(b"\x02?\x41\r"), ScaleError::Moving);
    assert_eq!(ask(b"\x02?\x42\r"), ScaleError::Overload);
    assert_eq!(ask(b"\x02?\x44\r"), ScaleError::BelowZero);
    assert_eq!(ask(b"\x0200.000\r"), ScaleError::Zero);
}

#[test]
fn a_scale_that_is_off_slow_cut_or_talks_nonsense_is_told_apart() {
    let ask = |answer: &[u8]| weigh(Toledo8217, &[(b'W', answer)]).unwrap_err();
    for half in [&b""[..], b"\x021.2"] {
        let error = weigh_within(SHORT, Toledo8217, &[(b'W', half)]).unwrap_err();
        assert_eq!(error, ScaleError::Device(Trouble::NoAnswer), "silent, or cut in the middle of an answer");
    }
    for nonsense in [&b"hello\r"[..], b"\x02abc\r", b"\x021.2.3\r", b"\x021.2345\r", b"\x02\r", &[0x02; 40]] {
        assert_eq!(ask(nonsense), ScaleError::Device(Trouble::Nonsense), "{nonsense:?}");
    }
    let mut off = AddressedScale::new(at(&closed_port()), Box::new(Toledo8217), SHORT);
    let error = off.weigh().unwrap_err();
    assert_eq!(error.to_string(), "the scale cannot be reached: is it on and connected?");
}

#[test]
fn the_products_tare_is_taken_off_unless_the_scale_has_done_it() {
    let stable = Answer { grams: 500, is_stable: true, is_tared: false };
    assert_eq!(stable.weight(15), Ok(Weight { is_tared: true, ..kg("0.485") }));
    assert_eq!(stable.weight(500), Err(ScaleError::Zero));
    assert_eq!(Answer { is_tared: true, ..stable }.weight(15), Ok(Weight { is_tared: true, ..kg("0.5") }));
}

/// A frame of a CAS scale with its checksum.
fn cas(body: &[u8; 10]) -> Vec<u8> {
    let sum = body.iter().fold(0, |sum, byte| sum ^ byte);
    [&[0x01, 0x02], &body[..], &[sum, 0x03, 0x04]].concat()
}

#[test]
fn a_cas_scale_is_asked_in_two_steps_and_its_checksum_checked() {
    let ask = |body: &[u8; 10]| weigh(Cas, &[(0x05, &[0x06]), (0x11, &cas(body))]);
    assert_eq!(ask(b"S 01.250kg"), Ok(kg("1.25")));
    assert_eq!(ask(b"U 01.250kg"), Err(ScaleError::Moving));
    assert_eq!(ask(b"S-00.010kg"), Err(ScaleError::BelowZero));
    assert_eq!(ask(b"SF      kg"), Err(ScaleError::Overload));
    assert_eq!(ask(b"S 01.250lb"), Err(ScaleError::Device(Trouble::Nonsense)));
    let mut wrong = cas(b"S 01.250kg");
    wrong[5] = b'9';
    assert_eq!(
        weigh(Cas, &[(0x05, &[0x06]), (0x11, &wrong)]),
        Err(ScaleError::Device(Trouble::Nonsense)),
        "a digit that fell over is no weight"
    );
    assert_eq!(weigh(Cas, &[(0x05, &[0x15])]), Err(ScaleError::Device(Trouble::Nonsense)));
}
