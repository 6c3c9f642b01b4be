//! The handlers, a module for each group of paths.

pub(crate) mod administration;
pub(crate) mod auth;
pub(crate) mod companies;
pub(crate) mod coupons;
pub(crate) mod definitions;
pub(crate) mod device;
pub(crate) mod documents;
pub(crate) mod files;
pub(crate) mod gift_cards;
pub(crate) mod health;
pub(crate) mod me;
pub(crate) mod messages;
pub(crate) mod offers;
pub(crate) mod office;
pub(crate) mod older;
pub(crate) mod ownership;
pub(crate) mod places;
pub(crate) mod prices;
pub(crate) mod push;
pub(crate) mod quotas;
pub(crate) mod recovery;
pub(crate) mod staff;
pub(crate) mod stream;
pub(crate) mod sync;
pub(crate) mod terminals;
pub(crate) mod viewer;
