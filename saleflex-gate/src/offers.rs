//! What is decided here for whoever asks: discounts of campaigns, coupons, points.
//!
//! | module | what it does |
//! |---|---|
//! | [`in_force`] | the campaigns and coupons of a store, compiled from its definitions |
//! | [`known`] | what definitions say of goods and customers beyond a cart |
//! | [`evaluation`] | a cart → discounts; changes nothing |
//! | [`expiring`] | points that run out, written off once by what the hub has |
//! | [`enrolling`] | somebody becomes a member, and is welcomed once |
//! | [`coupons`] | coupons held for one document, so that no two spend the last use |
//! | [`issuing`] | coupons made many at a time |
//! | [`gift_cards`] | what is on gift cards, what came and what was taken |
//! | [`quotas`] | shares of limits, lent to tills that must honour them without asking |
//! | [`rejudging`] | delivered sales, judged anew by the campaigns that they name |
//! | [`quote`] | what points would pay of a cart, and what it would earn; changes nothing |
//! | [`tiers`] | the tier of a member whose points are kept here, by what all tills told |
//! | [`uses`] | which document used what, once each |
//! | [`points`] | points held, spent and given back |
//!
//! **Invariants:** evaluation is the engine that tills run, so that a price is made in one place; what is held and not
//! used is free again when its time is over; the sum of a member's entries, less what ran out since, is the balance.

pub(crate) mod coupons;
pub(crate) mod enrolling;
pub(crate) mod evaluation;
pub(crate) mod expiring;
pub(crate) mod gift_cards;
pub(crate) mod in_force;
pub(crate) mod issuing;
pub(crate) mod known;
pub(crate) mod points;
pub(crate) mod quotas;
pub(crate) mod quote;
pub(crate) mod rejudging;
pub(crate) mod tiers;
pub(crate) mod uses;
