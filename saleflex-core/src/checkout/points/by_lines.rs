//! Points that campaigns gave on some lines, and what of them goes back with goods.

use alloc::vec::Vec;

use crate::{
    adjustment::{ClawBack, Refunded},
    document::{CampaignPoints, Document, OriginalSale},
    ids::{CampaignId, LineNo},
    loyalty::{EarnBase, PointsOnLines, PointsSnapshot},
    money::Money,
    quantity::Points,
};

/// What campaigns gave on which lines.
pub(super) fn on_lines(earned: &[(CampaignId, Points)], given: Vec<CampaignPoints>) -> Vec<PointsOnLines> {
    let of = |given: CampaignPoints| {
        let (campaign, points) = *earned.iter().find(|(campaign, _)| *campaign == given.campaign)?;
        Some(PointsOnLines { campaign, points, lines: given.lines })
    };
    given.into_iter().filter_map(of).collect()
}

/// What a campaign gives points on as a program counts lines: where it counts what is paid, no more of a line than is left of it
/// after what people took off by hand and what points paid.
pub(super) fn as_counted(given: CampaignPoints, base: EarnBase, sale: &Document) -> CampaignPoints {
    match base {
        EarnBase::Gross => given,
        EarnBase::Net => {
            let left = |no: LineNo| sale.line(no).map_or(Money::ZERO, |line| line.value().or_zero());
            let lines = given.lines.into_iter().map(|(no, counted)| (no, counted.min(left(no))));
            let lines: Vec<(LineNo, Money)> = lines.filter(|(_, counted)| counted.is_positive()).collect();
            CampaignPoints { base: lines.iter().map(|(_, counted)| *counted).sum(), lines, ..given }
        }
    }
}

/// What is taken back of the points a sale earned. What a campaign gave goes with the lines it was given on, the rest with
/// goods of any line.
pub(super) fn taken_back(
    policy: ClawBack,
    points: &PointsSnapshot,
    (original, returned): (&OriginalSale, &Document),
    refunded: &Refunded,
) -> Points {
    let worth = original.worth();
    if policy != ClawBack::Proportional {
        return policy.moved(points.earned, original.taken_back, refunded, worth);
    }
    let of_lines = |given: &PointsOnLines| {
        let base = given.lines.iter().map(|(_, counted)| *counted).sum();
        policy.moved_until(given.points, &original.refunded_of(&given.lines, returned), base)
    };
    let by_campaigns: Points = points.on_lines.iter().map(|given| given.points).sum();
    let rest = policy.moved_until(points.earned - by_campaigns, refunded, worth);
    let until = rest + points.on_lines.iter().map(of_lines).sum::<Points>();
    (until - original.taken_back).or_zero()
}
