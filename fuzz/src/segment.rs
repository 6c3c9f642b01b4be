//! Whatever is given as the rules of a segment, ours or those of another terminal: read or refused, never a panic; what may be
//! saved is the same when it is read back, and is met or not by anybody on any day.

use chrono::NaiveDate;
use saleflex_core::{
    customer::{
        Customer, CustomerDetails, PhoneRules, Source, WALK_IN,
        segment::{Criterion, MOST_DEPTH, SegmentFacts, criterion_of},
    },
    money::{Currency, CurrencyCode},
    scalar::Object,
    time::Moment,
};

const TYPES: [&str; 7] =
    ["VIP", "NEW_CUSTOMER", "FREQUENT_BUYER", "HIGH_VALUE", "INACTIVE", "BIRTHDAY", "CUSTOM"];

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    let at = Moment::utc(chrono::DateTime::UNIX_EPOCH);
    let details =
        CustomerDetails { date_of_birth: NaiveDate::from_ymd_opt(1960, 2, 29), ..Default::default() };
    let customer = Customer::register(WALK_IN, details, &PhoneRules::default(), at, Source::Pos);
    let facts = SegmentFacts { purchased_on: Some(vec![at.local.date()]), ..SegmentFacts::of(&customer) };
    let days = [NaiveDate::MIN, NaiveDate::MAX, at.local.date()];
    if let Ok(criterion) = serde_json::from_str::<Criterion>(text)
        && criterion.check().is_ok()
    {
        let _ = (criterion.depends_on_time(), criterion.needs(), MOST_DEPTH);
        let again = serde_json::to_string(&criterion).expect("every criterion is JSON");
        assert_eq!(serde_json::from_str::<Criterion>(&again).expect("its own JSON"), criterion);
        for day in days {
            let not = Criterion::Not(Box::new(criterion.clone()));
            assert_ne!(criterion.is_met(&facts, day), not.is_met(&facts, day));
        }
    }
    let Ok(object) = serde_json::from_str::<Object>(text) else { return };
    let currency = Currency::of(CurrencyCode::parse("GBP").expect("three letters"));
    for segment_type in TYPES {
        if let Ok(criterion) = criterion_of(segment_type, &object, &currency) {
            for day in days {
                let _ = criterion.is_met(&facts, day);
            }
        }
    }
}
