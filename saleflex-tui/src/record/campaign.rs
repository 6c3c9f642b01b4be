//! A campaign: its name, when and how often it applies, and whether it is in force. What it gives is shown; a share of
//! the document, the commonest, can be changed and is what a new campaign gives.

use chrono::{NaiveDate, NaiveTime, Timelike};
use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, CampaignChange, CampaignCode, Exclusivity, Fault, Per, Reward,
        Weekdays,
    },
    ids::CampaignId,
    money::Money,
    quantity::Percent,
};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    listing::RowId,
    message::doubt,
    text::{Key, Text},
};

pub(crate) mod definition;

/// A campaign.
pub(crate) struct CampaignModel;

/// Ways of activation to choose from.
const ACTIVATIONS: [(Activation, Key); 3] = [
    (Activation::Automatic, Key::Automatic),
    (Activation::Coupon, Key::ByCoupon),
    (Activation::Never, Key::NeverActivated),
];
/// Longest code.
const LONGEST_CODE: usize = 50;
/// Longest name and message.
const LONGEST_TEXT: usize = 250;
/// How hours are written: seconds where there are some.
const HOUR: &str = "%H:%M";
const HOUR_WITH_SECONDS: &str = "%H:%M:%S%.f";
/// Stands for a list of weekdays without any; nothing typed is every day.
const NO_DAY: &str = "-";

impl Model for CampaignModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CAMPAIGN",
            panel: "CAMPAIGN_FIELDS",
            definition: include_str!("../../forms/campaign.toml"),
            event: "ADD_NEW_CAMPAIGN",
            fields: &[
                "CODE",
                "NAME",
                "CUSTOMER_TEXT",
                "IS_ACTIVE",
                "ACTIVATION",
                "GIVES",
                "PERCENT",
                "PRIORITY",
                "STACKS",
                "START",
                "END",
                "FROM",
                "UNTIL",
                "WEEKDAYS",
                "LEAST",
                "USES",
                "PER_CUSTOMER",
                "PER_DAY",
                "BUDGET",
                "USED",
                "GIVEN",
                "DOUBTS",
                "ACCEPTED",
            ],
        }
    }

    fn money(&self) -> &'static [&'static str] {
        &["LEAST", "BUDGET"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of)?;
        let currency = *till.currency();
        let count = known.as_ref().map(|known| till.campaign_count(known.id)).unwrap_or_default();
        let is_new = known.is_none();
        let campaign = known.unwrap_or_else(|| blank(till.new_campaign_id()));
        let money = |amount: Option<Money>| Value::text(amount.map(|amount| currency.format(amount)));
        let options = ACTIVATIONS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let chosen = place(campaign.activation);
        let hour = |time: Option<NaiveTime>| Value::text(time.map(hour_words));
        let today = till.now().business_date;
        let doubts = if is_new { Vec::new() } else { till.doubts_about(&campaign, today)? };
        let doubts = doubt::first_of(text, &doubts);
        let (window, limits) = (&campaign.window, &campaign.limits);
        let days = window.weekdays.map(days_words);
        let percent = share(&campaign.benefit);
        let gives = if percent.is_some() { Key::GivesShare } else { gives(&campaign.benefit) };
        Ok(vec![
            ("CODE", Value::text((!is_new).then(|| campaign.code.as_str()))),
            ("NAME", Value::text((!is_new).then_some(&campaign.name))),
            ("CUSTOMER_TEXT", Value::text(campaign.message.as_ref())),
            ("IS_ACTIVE", Value::Flag(campaign.is_active)),
            ("ACTIVATION", Value::Choice { options, at: chosen }),
            ("GIVES", Value::Fixed(text.word(gives).to_owned())),
            ("PERCENT", percent.map_or_else(|| Value::Fixed("-".to_owned()), |rate| Value::text(Some(rate)))),
            ("PRIORITY", Value::text(Some(campaign.lane.priority))),
            ("STACKS", Value::Flag(campaign.lane.exclusivity == Exclusivity::Combinable)),
            ("START", Value::text(window.start)),
            ("END", Value::text(window.end)),
            ("FROM", hour(window.from)),
            ("UNTIL", hour(window.until)),
            ("WEEKDAYS", Value::text(days)),
            ("LEAST", money(limits.least_purchase)),
            ("USES", Value::text(limits.uses)),
            ("PER_CUSTOMER", Value::text(limits.uses_per_customer)),
            ("PER_DAY", Value::text(limits.uses_per_day)),
            ("BUDGET", money(limits.budget)),
            ("USED", Value::Fixed(count.uses.to_string())),
            ("GIVEN", Value::Fixed(currency.show(count.spent))),
            ("DOUBTS", Value::Fixed(doubts.unwrap_or_else(|| text.word(Key::DoubtsNone).to_owned()))),
            ("ACCEPTED", Value::Flag(false)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of)?;
        let mut campaign = known.unwrap_or_else(|| blank(till.new_campaign_id()));
        let mut read = Reader::new(entered, text, till);
        campaign.code = CampaignCode::new(read.needed("CODE", LONGEST_CODE));
        campaign.name = read.needed("NAME", LONGEST_TEXT);
        campaign.message = entered.optional("CUSTOMER_TEXT");
        if let Benefit::Off { reward: Reward::Percent(rate), .. } = &mut campaign.benefit {
            match Percent::parse(read.entered.text("PERCENT")) {
                Ok(entered) if entered > Percent::ZERO && entered <= Percent::HUNDRED => *rate = entered,
                _ => read.fault("PERCENT", text.word(Key::NotANumber).to_owned()),
            }
        }
        campaign.lane.priority = read.number("PRIORITY").unwrap_or(1);
        read_window(&mut read, &mut campaign);
        let limits = &mut campaign.limits;
        limits.least_purchase = read.amount("LEAST");
        limits.budget = read.amount("BUDGET");
        limits.uses = read.number("USES");
        limits.uses_per_customer = read.number("PER_CUSTOMER");
        limits.uses_per_day = read.number("PER_DAY");
        read.finish()?;
        campaign.is_active = entered.flag("IS_ACTIVE");
        let activation = ACTIVATIONS.get(entered.choice("ACTIVATION")).map(|(activation, _)| *activation);
        campaign.activation = activation.unwrap_or(campaign.activation);
        campaign.lane.exclusivity = match (entered.flag("STACKS"), campaign.lane.exclusivity) {
            (true, _) => Exclusivity::Combinable,
            (false, Exclusivity::Combinable) => Exclusivity::Last,
            (false, kept) => kept,
        };
        let code = campaign.code.as_str().to_owned();
        if is_taken(till, &campaign) {
            return Err(Unsaved::taken(text, "CODE", &code));
        }
        keep(till, text, campaign, entered)
    }
}

fn known(till: &Till, of: Option<RowId>) -> Result<Option<Campaign>, Error> {
    let Some(RowId::Campaign(campaign)) = of else { return Ok(None) };
    till.campaigns().find(campaign).cloned().map(Some).ok_or(Error::NoSuchCampaign { campaign })
}

/// What a new campaign begins as: out of force, a tenth off the document.
fn blank(id: CampaignId) -> Campaign {
    let tenth = Percent::parse("10").unwrap_or(Percent::HUNDRED);
    let benefit = Benefit::Off { reward: Reward::Percent(tenth), per: Per::Document };
    Campaign { is_active: false, ..Campaign::new(id, "", benefit) }
}

/// The place of a way of activation among those to choose from.
const fn place(activation: Activation) -> usize {
    match activation {
        Activation::Automatic => 0,
        Activation::Coupon => 1,
        Activation::Never => 2,
    }
}

fn share(benefit: &Benefit) -> Option<Percent> {
    if let Benefit::Off { reward: Reward::Percent(rate), .. } = benefit { Some(*rate) } else { None }
}

const fn gives(benefit: &Benefit) -> Key {
    match benefit {
        Benefit::Off { .. } | Benefit::Products { .. } => Key::GivesAmount,
        Benefit::FixedPrice { .. } | Benefit::PriceFor { .. } => Key::GivesPrice,
        Benefit::Tiers { .. } => Key::GivesTiers,
        Benefit::BuyGet { .. } => Key::GivesBuyGet,
        Benefit::Bundle { .. } => Key::GivesBundle,
        Benefit::Gift { .. } => Key::GivesGift,
        Benefit::Points { .. } => Key::GivesPoints,
        _ => Key::GivesNothing,
    }
}

/// Whether another campaign has the code.
fn is_taken(till: &Till, campaign: &Campaign) -> bool {
    let others = till.campaigns().campaigns().iter().filter(|other| other.id != campaign.id);
    others.into_iter().any(|other| other.code == campaign.code)
}

/// Saves a campaign, in force only where nothing about it is doubtful or it is meant so.
fn keep(till: &mut Till, text: &Text, campaign: Campaign, entered: &Entered) -> Saved {
    if !entered.flag("ACCEPTED") {
        let today = till.now().business_date;
        let doubts = till.new_doubts(&CampaignChange::save(campaign.clone()), today)?;
        let doubts: Vec<Fault> = doubts.into_iter().map(|(_, doubt)| doubt).collect();
        if let Some(doubt) = doubt::first_of(text, &doubts) {
            let words = text.fill(Key::DoubtfulCampaign, &[("doubt", &*doubt)]);
            return Err(Unsaved::Fields(vec![("ACCEPTED", words)]));
        }
    }
    Ok(till.save_campaign(campaign)?)
}

fn days_words(days: Weekdays) -> String {
    let named: Vec<String> = days.days().map(|day| day.to_string()).collect();
    if named.is_empty() { NO_DAY.to_owned() } else { named.join(",") }
}

fn hour_words(time: NaiveTime) -> String {
    let is_whole_minute = time.second() == 0 && time.nanosecond() == 0;
    time.format(if is_whole_minute { HOUR } else { HOUR_WITH_SECONDS }).to_string()
}

fn read_window(read: &mut Reader<'_>, campaign: &mut Campaign) {
    let window = &mut campaign.window;
    window.start = date(read, "START");
    window.end = date(read, "END");
    window.from = hour(read, "FROM");
    window.until = hour(read, "UNTIL");
    let is_backwards = window.start.zip(window.end).is_some_and(|(start, end)| start > end);
    if is_backwards {
        read.fault("END", read.text.word(Key::EndsBeforeStart).to_owned());
    }
    if window.from.is_some() && window.from == window.until {
        read.fault("UNTIL", read.text.word(Key::EndsBeforeStart).to_owned());
    }
    match read.entered.optional("WEEKDAYS").map(|days| weekdays(&days)) {
        None => window.weekdays = None,
        Some(Some(days)) => window.weekdays = Some(days),
        Some(None) => read.fault("WEEKDAYS", read.text.word(Key::NotWeekdays).to_owned()),
    }
}

/// A comma list of days from 1 to 7, or none of them.
fn weekdays(typed: &str) -> Option<Weekdays> {
    if typed.trim() == NO_DAY {
        return Some(Weekdays::default());
    }
    let days = typed.split(',').map(|day| day.trim().parse().ok().filter(|day| (1..=7).contains(day)));
    days.collect::<Option<Vec<u8>>>().map(Weekdays::of)
}

fn date(read: &mut Reader<'_>, name: &'static str) -> Option<NaiveDate> {
    let typed = read.entered.optional(name)?;
    let date = NaiveDate::parse_from_str(&typed, "%Y-%m-%d").ok();
    if date.is_none() {
        read.fault(name, read.text.word(Key::DayWrong).to_owned());
    }
    date
}

fn hour(read: &mut Reader<'_>, name: &'static str) -> Option<NaiveTime> {
    let typed = read.entered.optional(name)?;
    let formats = [HOUR, HOUR_WITH_SECONDS];
    let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(&typed, format).ok());
    if time.is_none() {
        read.fault(name, read.text.word(Key::NotAnHour).to_owned());
    }
    time
}
