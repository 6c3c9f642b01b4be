//! Coupons to hand out: what each gives, its code to type, to scan and to photograph.

use alloc::format;

use super::{Align, Printout};
use crate::campaign::{Campaign, Coupon};

/// A slip for each coupon of a campaign, cut apart.
pub fn slips(store: &str, campaign: &Campaign, coupons: &[Coupon]) -> Printout {
    let mut out = Printout::new();
    for coupon in coupons {
        out.title(store);
        out.paragraph(campaign.text(), Align::Center);
        out.barcode(coupon.barcode.as_deref().unwrap_or(&coupon.code));
        out.paragraph(&coupon.code, Align::Center);
        out.qr(coupon.qr_code.as_deref().unwrap_or(&coupon.code));
        if coupon.start.is_some() || coupon.end.is_some() {
            let from = coupon.start.map(|start| format!("{} ", start.format(WHEN)));
            let until = coupon.end.map(|end| format!(" {}", end.format(WHEN)));
            let validity = format!("{}-{}", from.unwrap_or_default(), until.unwrap_or_default());
            out.paragraph(&validity, Align::Center);
        }
        out.cut();
    }
    out
}

const WHEN: &str = "%Y-%m-%d %H:%M";

#[cfg(test)]
mod tests {
    use alloc::vec;

    use uuid::Uuid;

    use super::*;
    use crate::{
        campaign::{Batch, Benefit, CouponKind},
        ids::{CampaignId, CouponId},
        printout::Block,
    };

    #[test]
    fn every_coupon_has_a_slip_with_its_code_in_letters_a_barcode_and_a_qr_picture() {
        let id = CampaignId::new(Uuid::from_u128(1));
        let mut campaign = Campaign::new(id, "SPRING", Benefit::Nothing);
        campaign.name = "Spring: 10 % off".into();
        let batch = Batch { campaign: id, prefix: "SP".into(), kind: CouponKind::SingleUse };
        let seed = |n: u8| (CouponId::new(Uuid::from_u128(n.into())), [n; 8]);
        let mut coupons = batch.mint(vec![seed(1), seed(2)]).unwrap();
        coupons[0].end = chrono::NaiveDate::from_ymd_opt(2025, 5, 6).unwrap().and_hms_opt(23, 59, 0);
        coupons[1].start = coupons[0].end;
        let slips = slips("Corner Market", &campaign, &coupons);
        let blocks = slips.blocks();
        assert_eq!(blocks.iter().filter(|block| **block == Block::Cut).count(), 2);
        for coupon in &coupons {
            assert!(blocks.contains(&Block::Barcode(coupon.code.clone())));
            assert!(blocks.contains(&Block::Qr(coupon.code.clone())));
        }
        let says = |text: &str| {
            blocks.iter().any(|block| matches!(block, Block::Paragraph { text: known, .. } if known == text))
        };
        assert!(says("Spring: 10 % off") && says(&coupons[1].code) && says("- 2025-05-06 23:59"));
        assert!(says("2025-05-06 23:59 -"), "a beginning is told without an end too");
    }
}
