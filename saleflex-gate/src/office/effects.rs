//! What a document of an older terminal does beside standing in the books: stock, points and uses of offers, as far as
//! it says.
//!
//! Those terminals send no events of their own for any of it, so that the hub reads it off the document. A paid sale of
//! the originals carries no lines, and moves nothing on the shelves; a terminal that sends them does.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use saleflex_core::{
    ids::ProductId,
    quantity::{Points, Quantity},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{content, counting::OfStore, told, twice};
use crate::{
    db::{DatabaseError, Session},
    e4,
    ledger::{self, Key, flag},
    offers::uses::{self, By, Use},
    relay::Brought,
    stock::Moved,
};

/// The longest code of a campaign that stands on a row of discounts.
const LONGEST_CODE: usize = 15;

/// Books what follows from a document that was just entered; the answer is what it moves on the shelves of its store.
pub(crate) fn book(
    session: &mut dyn Session,
    (key, brought, store): (&Key, Option<Brought>, OfStore<'_>),
    body: &Json,
    now: DateTime<Utc>,
) -> Result<Moved, DatabaseError> {
    let head = &body["head"];
    let is_completed =
        head["transaction_status"].as_str().is_some_and(|status| status.eq_ignore_ascii_case("completed"));
    if !is_completed || head["is_cancel"].as_bool() == Some(true) {
        return Ok(Moved::default());
    }
    points(session, key, body, now)?;
    let counted = offers(session, (key, brought, store), body, now)?;
    let (moved, is_moved) = stock(key.entity, body, now);
    if !counted.is_whole || !is_moved {
        ledger::note(session, key, flag::AMOUNT_UNREADABLE)?;
    }
    if !counted.is_known {
        ledger::note(session, key, flag::OFFER_UNKNOWN)?;
    }
    Ok(moved)
}

/// An identity that is one.
pub(super) fn id(value: &Json) -> Option<Uuid> {
    Uuid::parse_str(value.as_str()?.trim()).ok().filter(|id| !id.is_nil())
}

fn rows<'a>(body: &'a Json, list: &str) -> impl Iterator<Item = &'a Json> {
    let is_counted = |row: &&Json| {
        ["is_cancel", "is_voided", "is_deleted"].iter().all(|flag| row[*flag].as_bool() != Some(true))
    };
    body[list].as_array().into_iter().flatten().filter(is_counted)
}

/// Goods that were sold leave the shelf, goods that came back return to it, but for those that somebody said do not; and
/// whether all of them move. A quantity that no till of ours sells moves nothing: sums of it would stop whoever adds up.
fn stock(document: Uuid, body: &Json, now: DateTime<Utc>) -> (Moved, bool) {
    let (kind, sign) = match body["head"]["transaction_type"].as_str().map(str::to_ascii_lowercase).as_deref()
    {
        Some("sale" | "exchange") => ("sale", -1),
        Some("return") => ("return", 1),
        _ => return (Moved::default(), true),
    };
    let refunds = body["refunds"].as_array().into_iter().flatten();
    let is_lost = |row: &&Json| row["is_restocked"].as_bool() == Some(false);
    let lost: BTreeSet<Uuid> =
        refunds.filter(is_lost).filter_map(|row| id(&row["fk_transaction_product_id"])).collect();
    let (mut moved, mut is_whole) = (Moved::default(), true);
    for (position, row) in rows(body, "products").enumerate() {
        let is_kept_away = sign > 0 && id(&row["id"]).is_some_and(|id| lost.contains(&id));
        let product = id(&row["fk_product_id"]).filter(|_| !is_kept_away);
        let Some((product, said)) = product.zip(content::decimal(&row["quantity"])) else { continue };
        match quantity(said) {
            Some(quantity) => {
                let change = quantity.saturating_mul(sign);
                moved.add((document, position), (ProductId::new(product), kind), change, now);
            }
            None => is_whole = false,
        }
    }
    (moved, is_whole)
}

/// A quantity in ten-thousandths; none of what no till of ours sells.
pub(super) fn quantity(said: Decimal) -> Option<i64> {
    // Columns of the originals hold binary fractions, whose last digits nobody weighed.
    let quantity = said.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    let is_sold = quantity.is_zero() || Quantity::try_new(quantity.abs()).is_ok();
    e4::of(quantity).filter(|_| is_sold)
}

/// Points that a sale says its member earned and redeemed. Our members are customers: where the document names one, the
/// points are that customer's.
fn points(
    session: &mut dyn Session,
    key: &Key,
    body: &Json,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let head = &body["head"];
    let snapshots: Vec<&Json> = rows(body, "loyalty").collect();
    let member = id(&head["fk_customer_id"])
        .or_else(|| id(&head["loyalty_member_id"]))
        .or_else(|| snapshots.first().and_then(|row| id(&row["fk_loyalty_member_id"])));
    let Some(member) = member else { return Ok(()) };
    let (earned, redeemed) = match snapshots.as_slice() {
        [] => (whole(&head["loyalty_points_earned"]), whole(&head["loyalty_points_redeemed"])),
        rows => (
            rows.iter().map(|row| whole(&row["points_earned"])).fold(0, i64::saturating_add),
            rows.iter().map(|row| whole(&row["points_redeemed"])).fold(0, i64::saturating_add),
        ),
    };
    for (kind, points) in [(twice::Kind::Earned, earned), (twice::Kind::Redeemed, redeemed)] {
        if points != 0 {
            let said = (kind, twice::By::Document, points);
            twice::book(session, key, (member, key.entity), said, now)?;
        }
    }
    Ok(())
}

/// Points, where they are some.
pub(super) fn whole(value: &Json) -> i64 {
    content::whole(value).filter(|points| points.saturating_abs() <= Points::MAX.get()).unwrap_or_default()
}

/// What of the offers that a document names is counted.
struct Counted {
    /// All of what they gave.
    is_whole: bool,
    /// All of them.
    is_known: bool,
}

/// Campaigns and coupons that rows of discounts name by their codes, and the campaign that the head names. What they took off
/// goods that come back was counted with the sale: a return uses none.
fn offers(
    session: &mut dyn Session,
    (key, brought, store): (&Key, Option<Brought>, OfStore<'_>),
    body: &Json,
    now: DateTime<Utc>,
) -> Result<Counted, DatabaseError> {
    let head = &body["head"];
    let mut counted = Counted { is_whole: true, is_known: true };
    let is_return = head["transaction_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("return"));
    let mut given: BTreeMap<&str, i64> = BTreeMap::new();
    for row in rows(body, "discounts") {
        let code = row["discount_code"].as_str().map(str::trim).filter(|code| !code.is_empty());
        if let Some(code) = code {
            let sum = given.entry(code).or_default();
            *sum = sum.saturating_add(content::ten_thousandths(&row["discount_amount"]).unwrap_or_default());
        }
    }
    // What is given in another currency than the store's is in no sum of money, nor what rows told of it before.
    let is_own = store.has(head);
    if !is_own {
        uses::count_nothing(session, key.company, key.entity)?;
    }
    let named = id(&head["campaign_id"]);
    if is_return || given.is_empty() && named.is_none() {
        return Ok(counted);
    }
    let mut used: BTreeMap<Uuid, (&'static str, i64)> = BTreeMap::new();
    for (code, amount) in given {
        match Known::of(session, (key.company, store.offers.store), code)?.by_code(code) {
            Some((kind, offer)) => {
                let (_, sum) = used.entry(offer).or_insert((kind, 0));
                *sum = sum.saturating_add(amount);
            }
            None => counted.is_known = false,
        }
    }
    if let Some(campaign) = named {
        if told::is_known(session, key, ("campaigns", campaign))? {
            used.entry(campaign).or_insert(("campaign", 0));
        } else {
            counted.is_known = false;
        }
    }
    let by = By { terminal: key.terminal, place: None, brought };
    let customer = id(&head["fk_customer_id"]);
    let sold_on = head["transaction_date_time"].as_str().and_then(|text| text.trim().get(..10)?.parse().ok());
    for (offer, (kind, amount)) in used {
        let amount_e4 = if is_own { amount } else { 0 };
        let of = Use { kind, offer, document: key.entity, customer, amount_e4, sold_on };
        counted.is_whole &= uses::note(session, key.company, (by, of), now)?;
        if is_own {
            store.note_beyond(session, (key, by), (offer, customer), now)?;
        }
    }
    Ok(counted)
}

/// A campaign or a coupon of a company or of one store, by its identity and code.
struct Offer {
    kind: &'static str,
    id: Uuid,
    code: String,
    /// Whether it was deleted: what was sold before may be told late.
    is_gone: bool,
}

/// What has a code of the campaigns and coupons that are for a store: two stores may each have one of the same.
const OF_CODE: &str = "SELECT resource, definition_id, code, is_deleted FROM definition \
    WHERE company_id = $1 AND resource IN ('campaigns', 'coupons') AND code = $2 \
    AND (store_id IS NULL OR store_id = $3) \
    ORDER BY resource, is_deleted, updated_at DESC, definition_id";
/// Whose code would be that one if it were cut off. A company has few campaigns beside its coupons.
const OF_CUT_CODE: &str = "SELECT resource, definition_id, code, is_deleted FROM definition \
    WHERE company_id = $1 AND resource = 'campaigns' AND substr(code, 1, 15) = $2 AND code <> $2 \
    AND (store_id IS NULL OR store_id = $3) \
    ORDER BY is_deleted, updated_at DESC, definition_id";

/// The campaigns and coupons that a code may mean in a store, those that were deleted last behind those that are there.
struct Known(Vec<Offer>);

impl Known {
    fn of(
        session: &mut dyn Session,
        (company, store): (Uuid, Uuid),
        code: &str,
    ) -> Result<Self, DatabaseError> {
        // No database is asked for what none keeps.
        let is_one = !code.contains('\0');
        let is_cut = is_one && code.chars().count() == LONGEST_CODE;
        let mut known = Vec::new();
        for sql in [is_one.then_some(OF_CODE), is_cut.then_some(OF_CUT_CODE)].into_iter().flatten() {
            for row in &session.query(sql, &[company.into(), code.into(), store.into()])? {
                let kind = if row.text(0)? == "coupons" { "coupon" } else { "campaign" };
                let (id, code) = (row.id(1)?, row.text(2)?.to_owned());
                known.push(Offer { kind, id, code, is_gone: row.flag(3)? });
            }
        }
        Ok(Self(known))
    }

    /// What has a code, or a campaign whose code was cut off to fit on the row; where there is none, what had it.
    fn by_code(&self, code: &str) -> Option<(&'static str, Uuid)> {
        let is_cut = |known: &str| known.chars().take(LONGEST_CODE).eq(code.chars());
        let found = [false, true].into_iter().find_map(|is_gone| {
            let known = || self.0.iter().filter(move |offer| offer.is_gone == is_gone);
            let cut = || known().find(|offer| offer.kind == "campaign" && is_cut(&offer.code));
            known().find(|offer| offer.code == code).or_else(cut)
        });
        found.map(|offer| (offer.kind, offer.id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::db::{Books, Sqlite, Tenant};

    #[test]
    fn a_code_that_was_cut_off_is_its_campaigns_and_no_shorter_one_is() {
        let known = Known(vec![
            offer("campaign", 1, "AUTUMN-CLEARANCE-2026", false),
            offer("coupon", 2, "AUTUMN", false),
        ]);
        assert_eq!(known.by_code("AUTUMN-CLEARANC"), Some(("campaign", Uuid::from_u128(1))));
        assert_eq!(known.by_code("AUTUMN"), Some(("coupon", Uuid::from_u128(2))));
        assert_eq!(known.by_code("AUTUMN-CLEAR"), None);
    }

    fn offer(kind: &'static str, id: u128, code: &str, is_gone: bool) -> Offer {
        Offer { kind, id: Uuid::from_u128(id), code: code.to_owned(), is_gone }
    }

    #[test]
    fn a_code_is_looked_up_and_never_searched_for_among_all_coupons() {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let plan = books.write_waiting(Tenant::Platform, |session| {
            let asked = [Uuid::from_u128(1).into(), "AUTUMN".into(), Uuid::from_u128(2).into()];
            let rows = session.query(&format!("EXPLAIN QUERY PLAN {OF_CODE}"), &asked)?;
            Ok::<_, DatabaseError>(rows[0].text(3)?.to_owned())
        });
        let plan = plan.unwrap();
        assert!(plan.contains("definition_by_code (company_id=? AND resource=? AND code=?)"), "{plan}");
    }

    #[test]
    fn a_code_of_what_was_deleted_is_still_its_own_where_nothing_else_has_it() {
        let known = Known(vec![
            offer("campaign", 1, "AUTUMN", false),
            offer("campaign", 2, "SPRING", true),
            offer("campaign", 3, "SPRING", true),
            offer("coupon", 4, "AUTUMN", true),
        ]);
        assert_eq!(known.by_code("AUTUMN"), Some(("campaign", Uuid::from_u128(1))));
        assert_eq!(
            known.by_code("SPRING"),
            Some(("campaign", Uuid::from_u128(2))),
            "the one that was deleted last"
        );
        assert_eq!(known.by_code("WINTER"), None);
    }

    #[test]
    fn goods_leave_with_a_sale_return_with_a_return_and_stay_with_everything_else() {
        let (bread, row) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let of = |kind: &str, more: Json| {
            let line = json!({"id": row, "fk_product_id": bread, "quantity": "2.5000"});
            let void = json!({"fk_product_id": bread, "quantity": "1", "is_voided": true});
            let mut body = json!({"head": {"transaction_type": kind}, "products": [line, void]});
            body["refunds"] = more;
            stock(Uuid::from_u128(9), &body, DateTime::UNIX_EPOCH).0.of_product(ProductId::new(bread))
        };
        assert_eq!(of("sale", json!([])), -25_000);
        assert_eq!(of("RETURN", json!([])), 25_000);
        let broken = json!([{"fk_transaction_product_id": row, "is_restocked": false}]);
        assert_eq!(of("return", broken), 0);
        for kind in ["quote", "layaway", "order", "reservation", ""] {
            assert_eq!(of(kind, json!([])), 0, "{kind}");
        }
    }

    #[test]
    fn a_quantity_is_moved_to_the_ten_thousandth_and_one_that_no_till_sells_is_not_moved() {
        let bread = Uuid::from_u128(7);
        let of = |quantity: Json| {
            let line = json!({"fk_product_id": bread, "quantity": quantity});
            let body = json!({"head": {"transaction_type": "sale"}, "products": [line]});
            let (moved, is_whole) = stock(Uuid::from_u128(9), &body, DateTime::UNIX_EPOCH);
            (moved.of_product(ProductId::new(bread)), is_whole)
        };
        assert_eq!(of(json!("0.30000000000000004")), (-3_000, true));
        assert_eq!(of(json!("-2")), (20_000, true));
        assert_eq!(of(json!("9999999")), (-99_999_990_000, true));
        for beyond in [json!("10000000"), json!("-922337203685477"), json!("79228162514264337593543950335")] {
            assert_eq!(of(beyond.clone()), (0, false), "{beyond}");
        }
        assert_eq!(of(json!(null)), (0, true), "nothing is said");
    }
}
