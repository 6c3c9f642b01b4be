//! Coupons made in one go, with codes that nobody guesses.

use saleflex_core::campaign::{Batch, CouponKind};
use saleflex_store::{
    Error, Till,
    till::{MOST_COUPONS, Validity},
};

use super::{Terms, campaign, read_terms, terms};
use crate::{
    listing::RowId,
    record::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    text::{Key, Text},
};

/// A batch of coupons.
pub(crate) struct BatchModel;

/// The longest beginning of their codes.
const LONGEST_PREFIX: usize = 20;

impl Model for BatchModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "COUPON_BATCH",
            panel: "COUPON_BATCH_FIELDS",
            definition: include_str!("../../../forms/coupon_batch.toml"),
            event: "ADD_COUPONS",
            fields: &["CAMPAIGN", "COUNT", "PREFIX", "KIND", "HOLDER", "START", "END", "MOST_USES"],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = if let Some(RowId::Campaign(id)) = of { till.campaigns().find(id) } else { None };
        let mut fields = vec![
            ("CAMPAIGN", Value::text(known.map(|known| known.code.as_str()))),
            ("COUNT", Value::text(Some(100))),
            ("PREFIX", Value::text(None::<&str>)),
        ];
        fields.extend(terms(text, CouponKind::SingleUse, None, &Terms::default()));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let campaign = campaign(&mut read, till);
        let count = read.number::<usize>("COUNT").filter(|count| (1..=MOST_COUPONS).contains(count));
        if count.is_none() {
            let most = MOST_COUPONS.to_string();
            read.fault("COUNT", text.fill(Key::CouponCountWrong, &[("most", &*most)]));
        }
        let prefix = entered.text("PREFIX").to_owned();
        if prefix.chars().count() > LONGEST_PREFIX {
            let most = LONGEST_PREFIX.to_string();
            read.fault("PREFIX", text.fill(Key::FieldTooLong, &[("most", &*most)]));
        }
        let given = read_terms(&mut read, till)?;
        read.finish()?;
        let (Some(campaign), Some(count), Some((kind, holder, terms))) = (campaign, count, given) else {
            return Ok(());
        };
        let valid = Validity { start: terms.start, end: terms.end, holder, uses: terms.uses };
        till.mint_coupons(&Batch { campaign, prefix, kind }, count, valid)?;
        Ok(())
    }
}
