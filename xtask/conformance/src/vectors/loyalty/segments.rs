//! The kinds `segment_match` and `segment_sync`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use saleflex_core::{
    customer::{
        Spending, VIP_PREFERENCES,
        segment::{AssignedBy, Roster, Segment, SegmentFacts, SegmentMember, criterion_of, refresh},
    },
    ids::{CustomerId, SegmentId},
    money::Currency,
    time::Moment,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{program, read};

pub(super) fn matching(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let segment = segment(1, &input["segment"], &currency)?;
    let facts = facts(input, &currency)?;
    let today = program::moment(input, "now")?.local.date();
    Ok(json!({"match": segment.matches(&facts, today)}))
}

pub(super) fn sync(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let now = program::moment(input, "now")?;
    let stated = read::list(input, "segments")?;
    let segments = (1..)
        .zip(stated)
        .map(|(number, stated)| segment(number, stated, &currency))
        .collect::<Result<Vec<_>, _>>()?;
    let codes: BTreeMap<&str, SegmentId> =
        segments.iter().map(|segment| (segment.code.as_str(), segment.id)).collect();
    let before = read::list(input, "memberships")?;
    let mut roster = roster(before, &codes)?;
    let is_walk_in = read::flag(&input["customer"], "is_walk_in")?;
    let customer = CustomerId::new(Uuid::from_u128(5));
    for change in refresh(customer, is_walk_in, &segments, &roster, &facts(input, &currency)?, now) {
        roster.apply(&change);
    }
    let rows: Vec<Value> = codes
        .iter()
        .filter_map(|(code, id)| Some((code, roster.rows().get(id)?)))
        .map(|(code, row)| {
            json!({"segment": code, "assigned_by": word(code, row, before), "is_active": row.is_active})
        })
        .collect();
    let profile =
        json!({"segment_codes": roster.active_codes(&segments), "loyalty_tier_code": input["tier_code"]});
    Ok(json!({"memberships": rows, "profile": profile}))
}

fn segment(number: u128, stated: &Value, currency: &Currency) -> Result<Segment, String> {
    let criteria = program::object(&stated["criteria"])?;
    let kind = read::text(stated, "segment_type")?;
    let criterion = criterion_of(kind, &criteria, currency).map_err(|error| error.to_string())?;
    let code = stated["code"].as_str().unwrap_or(kind).to_owned();
    Ok(Segment {
        id: SegmentId::new(Uuid::from_u128(number)),
        name: code.clone(),
        code,
        description: None,
        criterion,
        is_active: stated["is_active"].as_bool().unwrap_or(true),
        display_order: 0,
    })
}

fn roster(rows: &[Value], codes: &BTreeMap<&str, SegmentId>) -> Result<Roster, String> {
    let mut read = Vec::new();
    for row in rows {
        let code = read::text(row, "segment")?;
        let id = codes.get(code).ok_or_else(|| format!("no such segment: {code}"))?;
        let assigned_by = assigner(&row["assigned_by"]);
        let is_active = read::flag(row, "is_active")?;
        read.push((*id, SegmentMember { assigned_by, is_active, since: None }));
    }
    Ok(Roster::from_rows(read))
}

/// Who put a customer there; whoever is none of the automatic ones chose by hand.
fn assigner(word: &Value) -> AssignedBy {
    match word.as_str() {
        None | Some("") => AssignedBy::Unknown,
        Some("AUTO") => AssignedBy::Auto,
        Some("SYSTEM") => AssignedBy::System,
        Some(_) => AssignedBy::Manual,
    }
}

/// The word of the row before where nobody else took it over.
fn word(code: &str, row: &SegmentMember, before: &[Value]) -> Value {
    let known = before.iter().find(|known| known["segment"] == code).map(|known| &known["assigned_by"]);
    match (row.assigned_by, known) {
        (same, Some(word)) if assigner(word) == same => word.clone(),
        (AssignedBy::Auto, _) => json!("AUTO"),
        (AssignedBy::System, _) => json!("SYSTEM"),
        (AssignedBy::Manual, _) => json!("MANUAL"),
        (AssignedBy::Unknown, _) => Value::Null,
    }
}

fn facts(input: &Value, currency: &Currency) -> Result<SegmentFacts, String> {
    let customer = &input["customer"];
    let born = read::optional(customer, "date_of_birth", || {
        read::parsed(customer, "date_of_birth", str::parse::<NaiveDate>)
    })?;
    let preferences = &customer["preferences"];
    Ok(SegmentFacts {
        registered_on: program::moment(customer, "registered_at")?.local.date(),
        date_of_birth: born,
        prefers_vip: VIP_PREFERENCES.iter().any(|word| preferences[*word] == true),
        spending: if input["history"].is_null() {
            stated_spending(&input["stats"], currency)?
        } else {
            spending_of(read::list(input, "history")?, currency)?
        },
        // The recorded system knows sums only.
        purchased_on: None,
        purchased: Vec::new(),
        tier: input["tier_code"].as_str().map(str::to_owned),
        town: None,
        zip: None,
        stores: BTreeSet::new(),
        channels: BTreeSet::new(),
    })
}

fn stated_spending(stats: &Value, currency: &Currency) -> Result<Spending, String> {
    let last = read::optional(stats, "last_purchase_at", || program::moment(stats, "last_purchase_at"))?;
    Ok(Spending {
        purchases: read::count(stats, "total_purchases")?,
        total: program::money(stats, "lifetime_spent", currency)?,
        annual: program::money(stats, "annual_spent", currency)?,
        last: last.map(|last| last.local),
    })
}

/// The sums of completed sales; the recorded system does not take refunds off them.
fn spending_of(documents: &[Value], currency: &Currency) -> Result<Spending, String> {
    let counts = |document: &&Value| {
        document["transaction_type"] == "sale" && document["transaction_status"] == "completed"
    };
    let mut sales: Vec<(Moment, _)> = documents
        .iter()
        .filter(counts)
        .map(|sale| Ok((program::moment(sale, "date_time")?, program::money(sale, "amount", currency)?)))
        .collect::<Result<_, String>>()?;
    sales.sort_by_key(|(at, _)| at.instant);
    let mut spending = Spending::default();
    for (at, amount) in sales {
        spending.count(amount, at.local);
    }
    Ok(spending)
}
