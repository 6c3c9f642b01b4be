//! Points that a hub keeps.

use super::*;

/// A hub that answers or does not, and knows what it was asked to hold.
#[derive(Default)]
struct Hub {
    is_there: bool,
    most: i64,
}

impl PointsAuthority for Hub {
    fn lookup(&mut self, _: &Who) -> Result<Standing, AuthorityError> {
        Err(AuthorityError::Unknown)
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        _: DocumentId,
        points: Points,
    ) -> Result<Standing, AuthorityError> {
        let available = Points::new(self.most);
        let refusal = saleflex_core::loyalty::HoldRefusal::NotEnough { asked: points, available };
        match (self.is_there, points <= available) {
            (false, _) => Err(AuthorityError::Unreachable),
            (true, false) => Err(refusal.into()),
            (true, true) => {
                Ok(Standing { customer, balance: available, available, tier: None, is_welcomed: false })
            }
        }
    }

    fn release(&mut self, _: CustomerId, _: DocumentId) -> Result<Standing, AuthorityError> {
        Err(AuthorityError::Unreachable)
    }

    fn commit(&mut self, _: &CompletedSale, _: Occasion) -> Result<Standing, AuthorityError> {
        Err(AuthorityError::Unreachable)
    }

    fn reverse(&mut self, _: &SaleRecord, _: &RefundRecord, _: Occasion) -> Result<Standing, AuthorityError> {
        Err(AuthorityError::Unreachable)
    }
}

#[test]
fn points_that_a_hub_keeps_are_held_there_or_limited_while_it_is_away() {
    for mode in
        [Mode::Gate { offline_limit: Points::new(30) }, Mode::External { offline_limit: Points::new(30) }]
    {
        let mut shop = club(|program| program.mode = mode);
        let id = grace(&shop);
        let redeem = |shop: &mut Shop, points| {
            shop.execute(sell("D"));
            shop.till.assign_customer(Some(id)).unwrap();
            let done = shop.till.redeem_points(Points::new(points)).map(drop);
            shop.execute(cash());
            done
        };
        let away = redeem(&mut shop, 31);
        assert!(matches!(away, Err(Error::PointsAuthority(AuthorityError::Unreachable))), "{away:?}");
        redeem(&mut shop, 20).unwrap();
        // Together no more than the limit.
        assert!(redeem(&mut shop, 11).is_err());
        redeem(&mut shop, 10).unwrap();
        shop.till.set_points_authority(Some(Box::new(Hub { is_there: true, most: 100 })));
        redeem(&mut shop, 100).unwrap();
        let refused = redeem(&mut shop, 101);
        assert!(matches!(refused, Err(Error::PointsAuthority(AuthorityError::NotHeld(_)))), "{refused:?}");
        shop.till.set_points_authority(Some(Box::new(Hub::default())));
        redeem(&mut shop, 30).unwrap();
        whole(&shop);
    }
}
