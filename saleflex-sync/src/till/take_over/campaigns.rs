//! Campaigns and coupons: rows of the older shape with their rules and products, or a whole definition of ours in the
//! field `definition`.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    campaign::{Campaign, CampaignChange, Coupon, FieldError, OriginalCampaign, PaymentTypes},
    ids::{CampaignId, CouponId},
    money::Currency,
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Lookup, departments::Departments, fields, mark, parts};
use crate::fitting::{
    self, COUPONS, DEFINITION,
    rows::{self, Fields},
};

const CAMPAIGNS: &str = "campaigns";
const TYPES: &str = "campaign_types";
const RULES: &str = "campaign_rules";
const PRODUCTS: &str = "campaign_products";
const TENDERS: &str = "payment_types";
/// What each rule and product names as its campaign.
const CAMPAIGN: &str = "fk_campaign_id";

/// Campaigns. One is made anew whenever a row that belongs to it comes.
pub(super) fn campaigns(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut waiting = Vec::new();
    for resource in [TYPES, CAMPAIGNS, RULES, PRODUCTS] {
        waiting.extend(till.waiting_rows(connector, resource, most)?);
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::read(till, connector)?;
    let touched = waiting.iter().flat_map(|row| rows.touched_by(row)).collect::<BTreeSet<_>>();
    let mut made: BTreeMap<Uuid, Result<Option<Campaign>, String>> =
        touched.into_iter().map(|id| (id, rows.campaign(id, till.currency()).and_then(checked))).collect();
    let marks = |made: &BTreeMap<Uuid, Result<Option<Campaign>, String>>| {
        let why = |id: &Uuid| made.get(id).and_then(|made| made.clone().err());
        let held = |row: &PulledRow| rows.touched_by(row).iter().find_map(why);
        waiting.iter().map(|row| mark(row, held(row))).collect::<Vec<Taken>>()
    };
    let mut taken = marks(&made);
    match till.take_over_campaigns(connector, all_of(&made), &taken) {
        // Which of them do not stand beside the others is found one by one.
        Err(Error::Campaigns(_)) => {
            hold_apart(till, &mut made);
            taken = marks(&made);
            till.take_over_campaigns(connector, all_of(&made), &taken)?;
        }
        done => done?,
    }
    Ok(taken)
}

/// Takes a campaign as a person could save it here; one that is out of force gives nothing, whatever it says.
fn checked(campaign: Option<Campaign>) -> Result<Option<Campaign>, String> {
    let Some(active) = campaign.as_ref().filter(|campaign| campaign.is_active) else { return Ok(campaign) };
    without_faults(&active.check()).map(|()| campaign)
}

fn without_faults(faults: &[FieldError]) -> Result<(), String> {
    let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.reason)).collect();
    if told.is_empty() { Ok(()) } else { Err(told.join("; ")) }
}

/// What those that fit change together.
fn all_of(made: &BTreeMap<Uuid, Result<Option<Campaign>, String>>) -> CampaignChange {
    let mut change = CampaignChange::default();
    for (id, campaign) in made {
        match campaign {
            Ok(Some(campaign)) => change.saved.push(campaign.clone()),
            Ok(None) => drop(change.withdrawn.insert(CampaignId::new(*id))),
            Err(_) => {}
        }
    }
    change
}

/// Takes out those that do not stand beside the till's and the ones before them.
fn hold_apart(till: &Till, made: &mut BTreeMap<Uuid, Result<Option<Campaign>, String>>) {
    let mut stand: BTreeMap<Uuid, Result<Option<Campaign>, String>> = BTreeMap::new();
    for (id, campaign) in made.iter_mut().filter(|(_, campaign)| campaign.is_ok()) {
        stand.insert(*id, campaign.clone());
        if let Err(cause) = all_of(&stand).applied_to(till.campaigns()) {
            stand.remove(id);
            *campaign = Err(cause.to_string());
        }
    }
}

/// Every row that campaigns are made of.
struct Rows {
    campaigns: BTreeMap<Uuid, PulledRow>,
    types: BTreeMap<Uuid, PulledRow>,
    rules: BTreeMap<Uuid, Vec<Value>>,
    products: BTreeMap<Uuid, Vec<Value>>,
    tenders: PaymentTypes,
    departments: Departments,
}

impl Rows {
    fn read(till: &mut Till, connector: &str) -> Result<Self, Error> {
        let departments = Lookup::read(till, connector)?.departments;
        let all = |resource| till.pulled_rows(connector, resource);
        let live = |rows: Vec<PulledRow>| rows.into_iter().filter(|row| !row.is_deleted);
        let of_campaign = |resource| {
            let mut of: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
            for row in live(all(resource)?) {
                let mut part = plain(fields(&row));
                if let Ok(Some(campaign)) = Fields(&part).id(CAMPAIGN) {
                    // Of products in one place the identity decides which is tried first (D11).
                    part.insert("id".to_owned(), row.id.to_string().into());
                    of.entry(campaign).or_default().push(Value::Object(part));
                }
            }
            Ok::<_, Error>(of)
        };
        let (rules, products) = (of_campaign(RULES)?, of_campaign(PRODUCTS)?);
        let name = |row: PulledRow| Some((row.id, Fields(&fields(&row)).text("type_name")?));
        Ok(Self {
            campaigns: all(CAMPAIGNS)?.into_iter().map(|row| (row.id, row)).collect(),
            types: all(TYPES)?.into_iter().map(|row| (row.id, row)).collect(),
            rules,
            products,
            tenders: PaymentTypes(live(all(TENDERS)?).filter_map(name).collect()),
            departments,
        })
    }

    /// The campaigns that a row belongs to.
    fn touched_by(&self, row: &PulledRow) -> Vec<Uuid> {
        match row.resource.as_str() {
            CAMPAIGNS => vec![row.id],
            TYPES => {
                let of_type =
                    |known: &&PulledRow| Fields(&fields(known)).id("fk_campaign_type_id") == Ok(Some(row.id));
                self.campaigns.values().filter(of_type).map(|known| known.id).collect()
            }
            _ => Fields(&fields(row)).id(CAMPAIGN).ok().flatten().into_iter().collect(),
        }
    }

    /// The campaign that the rows make; none where it is gone.
    fn campaign(&self, id: Uuid, currency: &Currency) -> Result<Option<Campaign>, String> {
        let row = self.campaigns.get(&id).ok_or(format!("campaign {id} is missing"))?;
        if row.is_deleted {
            return Ok(None);
        }
        let mut row = plain(fields(row));
        if let Some(definition) = row.remove(DEFINITION) {
            let campaign: Campaign =
                serde_json::from_value(definition).map_err(|cause| format!("{DEFINITION}: {cause}"))?;
            let is_same = campaign.id.uuid() == id;
            return is_same
                .then_some(Some(campaign))
                .ok_or("its definition is another campaign's".to_owned());
        }
        let kind = Fields(&row).id("fk_campaign_type_id")?.ok_or("it has no campaign type")?;
        let kind = self.types.get(&kind).ok_or(format!("campaign type {kind} is missing"))?;
        // A campaign of a type that is out of force, or gone, is out of force.
        let (is_deleted, kind) = (kind.is_deleted, fields(kind));
        let kind = Fields(&kind);
        let is_in_force = !is_deleted && kind.flag("is_active", true)?;
        let code = if is_in_force { kind.needed("code")? } else { kind.text("code").unwrap_or_default() };
        // A row's identity travels beside its fields.
        row.insert("id".to_owned(), id.to_string().into());
        row.insert("campaign_type_code".to_owned(), code.into());
        row.insert("rules".to_owned(), self.rules.get(&id).cloned().unwrap_or_default().into());
        row.insert("products".to_owned(), self.products.get(&id).cloned().unwrap_or_default().into());
        let mut original: OriginalCampaign =
            serde_json::from_value(Value::Object(row)).map_err(|cause| cause.to_string())?;
        if let Some(field) = original.unreadable() {
            return Err(format!("{field} cannot be read"));
        }
        original.is_active &= is_in_force;
        without_faults(&original.unfit(&self.tenders))?;
        original.number_departments(|id| self.departments.numbers.get(&id).copied());
        Ok(Some(original.load(currency, &self.tenders)))
    }
}

/// The fields that say something, with amounts as texts: older hubs write some of them as numbers, and nothing as a text.
fn plain(row: Map<String, Value>) -> Map<String, Value> {
    let text = |(name, value): (String, Value)| {
        let is_amount = ["discount", "amount", "percentage", "value"].iter().any(|part| name.contains(part));
        let value = if is_amount && value.is_number() { Value::String(value.to_string()) } else { value };
        (name, value)
    };
    row.into_iter().filter(|(_, value)| rows::says_something(value)).map(text).collect()
}

/// Coupons, behind the campaigns that they unlock.
pub(super) fn coupons(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let waiting = till.waiting_rows(connector, COUPONS, most)?;
    let mut rows = Vec::new();
    for row in &waiting {
        let fits = coupon(row).and_then(|coupon| {
            till.check_coupon(&coupon).map(|()| coupon).map_err(|cause| cause.to_string())
        });
        let (coupon, held_for) = fits.map_or_else(|why| (None, Some(why)), |coupon| (Some(coupon), None));
        rows.push((coupon, mark(row, held_for)));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    parts::take(till, connector, rows, Till::take_over_coupons)
}

fn coupon(row: &PulledRow) -> Result<Coupon, String> {
    let coupon = fitting::coupon(CouponId::new(row.id), &Fields(&fields(row)))?;
    Ok(Coupon { is_active: coupon.is_active && !row.is_deleted, ..coupon })
}
