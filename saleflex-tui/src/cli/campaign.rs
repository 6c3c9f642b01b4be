//! `campaign`: definitions listed, taken in and out, and tried out on a basket.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand, ValueEnum};
use saleflex_core::campaign::{Activation, Campaign, CampaignChange, OriginalCampaign, SchemaVersion};
use saleflex_store::{Shell, Till};
use serde_json::json;

use self::tables::Tables;
use super::{Call, Ending, answer, importing::Importing, secret::Person};

pub mod coupons;
pub mod judging;
mod tables;
mod taking_in;
mod trying;
pub mod using;

/// Campaigns.
#[derive(Clone, Debug, Subcommand)]
pub enum Campaigns {
    /// The campaigns, in the order they are tried.
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write definitions as a JSON list to standard output.
    Export(Export),
    /// Take definitions over from a JSON list, in either form; all of them or none.
    Import(Import),
    /// Take a campaign out of the till for good. Sales keep what it gave.
    Withdraw(Withdraw),
    /// Make a batch of coupons and write them to be printed.
    Mint(coupons::Mint),
    /// The coupons of a campaign: whose they are, how long they count, how often they were used.
    Coupons(coupons::List),
    /// Block a coupon, or let it count again.
    Block(coupons::Block),
    /// What a campaign was used for, by day and sale by sale, and what of it went back with goods.
    Uses(using::Uses),
    /// What the campaigns give on a basket. Nothing is sold.
    Evaluate {
        /// The basket: a JSON file, described in docs/support.md.
        basket: PathBuf,
        /// Show the cart as other campaign engines get it instead.
        #[arg(long, value_name = "VERSION", value_enum)]
        snapshot: Option<Version>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What is doubtful about campaigns: the till's, or what they would be with those of a file.
    Lint(judging::Lint),
    /// What campaigns would have given on the sales of this till: those in force, or with those of a file.
    Backtest(judging::Backtest),
    /// Why each campaign gives what it gives on a basket, and what a few more pieces would bring.
    Explain {
        /// The basket.
        basket: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Which definitions are written, and how.
#[derive(Args, Clone, Debug)]
pub struct Export {
    /// The codes of those to write [default: all].
    codes: Vec<String>,
    /// In which field names.
    #[arg(long, value_enum, default_value_t)]
    form: Form,
    /// Leave out what the original's field names cannot hold, and write the others.
    #[arg(long)]
    skip: bool,
    /// The original's tables beside what a hub sent: a JSON list of tender types (`id`, `type_name`), or an object of
    /// `payment_types`, `campaign_types`, `department_main_groups` and `department_sub_groups` (`id`, `code`).
    #[arg(long, visible_alias = "tables", value_name = "FILE")]
    payment_types: Option<PathBuf>,
}

/// How definitions are taken over.
#[derive(Args, Clone, Debug)]
pub struct Import {
    #[command(flatten)]
    how: Importing,
    /// Put campaigns in force all the same that are doubtful.
    #[arg(long)]
    anyway: bool,
    /// The original's tables beside what a hub sent: a JSON list of tender types (`id`, `type_name`), or an object of
    /// `payment_types`, `campaign_types`, `department_main_groups` and `department_sub_groups` (`id`, `code`).
    #[arg(long, visible_alias = "tables", value_name = "FILE")]
    payment_types: Option<PathBuf>,
}

/// The field names of a definition.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Form {
    /// Those of this program.
    #[default]
    Own,
    /// Those of the original software, for what they can hold.
    Original,
}

/// The versions of a cart snapshot.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Version {
    /// Schema 1.0.
    #[value(name = "1.0")]
    V1_0,
    /// Schema 1.1.
    #[value(name = "1.1")]
    V1_1,
}

impl From<Version> for SchemaVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::V1_0 => Self::V1_0,
            Version::V1_1 => Self::V1_1,
        }
    }
}

impl Campaigns {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { json } => list(&*call.reader()?, *json, out),
            Self::Export(export) => export.run(&*call.reader()?, out),
            Self::Import(import) => import.run(call, out),
            Self::Withdraw(withdraw) => withdraw.run(call, out),
            Self::Mint(mint) => mint.run(call, out),
            Self::Coupons(list) => list.run(call, out),
            Self::Block(block) => block.run(call, out),
            Self::Uses(uses) => uses.run(call, out),
            Self::Evaluate { basket, snapshot, json } => {
                trying::evaluate(call, basket, snapshot.map(Into::into), *json, out)
            }
            Self::Lint(lint) => lint.run(call, out),
            Self::Backtest(backtest) => backtest.run(call, out),
            Self::Explain { basket, json } => trying::explain(call, basket, *json, out),
        }
    }
}

fn list(till: &Till, as_json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let campaigns = till.campaigns();
    if as_json {
        let shape = |campaign: &Campaign| {
            let count = till.campaign_count(campaign.id);
            json!({
                "id": campaign.id,
                "code": campaign.code,
                "name": campaign.name,
                "hash": campaigns.hash_of(campaign.id).map(|hash| hash.to_string()),
                "is_active": campaign.is_active,
                "activation": campaign.activation,
                "priority": campaign.lane.priority,
                "uses": count.uses,
                "currency": till.currency().code().as_str(),
                "given": till.currency().format(count.spent),
            })
        };
        let rows: Vec<_> = campaigns.campaigns().iter().map(shape).collect();
        let hash = campaigns.hash().to_string();
        answer(out, &json!({ "set": hash, "campaigns": rows }))?;
        return Ok(Ending::Good);
    }
    crate::cli::say_none(out, campaigns.campaigns().is_empty())?;
    for campaign in campaigns.campaigns() {
        let count = till.campaign_count(campaign.id);
        let state = if campaign.is_active { "active" } else { "inactive" };
        let how = match campaign.activation {
            Activation::Automatic => "automatic",
            Activation::Coupon => "coupon",
            Activation::Never => "never",
        };
        let given = till.currency().show(count.spent);
        writeln!(
            out,
            "{:<16} {state:<9} {how:<10} priority {:>3}  {:>6} uses  {given:>12}  {}",
            campaign.code.as_str(),
            campaign.lane.priority,
            count.uses,
            campaign.name
        )?;
    }
    Ok(Ending::Good)
}

impl Export {
    fn run(&self, till: &Till, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let all = till.campaigns().campaigns();
        for code in &self.codes {
            let is_known = all.iter().any(|campaign| campaign.code.as_str() == code);
            anyhow::ensure!(is_known, "there is no campaign {code}");
        }
        let is_asked = |campaign: &&Campaign| {
            self.codes.is_empty() || self.codes.iter().any(|code| code == campaign.code.as_str())
        };
        let chosen: Vec<&Campaign> = all.iter().filter(is_asked).collect();
        match self.form {
            Form::Own => {
                answer(out, &chosen)?;
                Ok(Ending::Good)
            }
            Form::Original => self.originals(till, &chosen, out),
        }
    }

    /// Writes all of them, or with `skip` those that can be; each that cannot is told with the reason.
    fn originals(&self, till: &Till, chosen: &[&Campaign], out: &mut dyn Write) -> anyhow::Result<Ending> {
        let tables = Tables::known(till, self.payment_types.as_deref())?;
        let (mut rows, mut left_out) = (Vec::new(), Vec::new());
        for campaign in chosen {
            match OriginalCampaign::export(campaign, till.currency(), &tables.tenders) {
                Ok(mut row) => {
                    tables.identify_departments(&mut row);
                    rows.push(row);
                }
                Err(cause) => left_out.push(format!("campaign {}: {cause}", campaign.code)),
            }
        }
        if !self.skip && !left_out.is_empty() {
            anyhow::bail!(left_out.join("\n"));
        }
        for told in &left_out {
            // Standard output is the list alone.
            writeln!(io::stderr(), "saleflex: left out: {told}")?;
        }
        answer(out, &rows)?;
        Ok(Ending::good_if(left_out.is_empty()))
    }
}

/// A campaign that is to go.
#[derive(Args, Clone, Debug)]
pub struct Withdraw {
    /// Its code.
    campaign: String,
    /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl Withdraw {
    fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let mut till = call.till()?;
        Person { user: self.user.clone() }.log_in(call, &mut till)?;
        let known = coupons::campaign(&till, &self.campaign)?;
        till.change_campaigns(CampaignChange::withdraw(known.id)).map_err(|error| call.words(&error))?;
        writeln!(out, "{} is withdrawn", known.code)?;
        Ok(Ending::Good)
    }
}

impl Import {
    fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let how = &self.how;
        let written = how.read()?;
        let read = if how.dry_run {
            self.read(call, &written, &*call.reader()?)?
        } else {
            let mut till = how.till(call)?;
            let read = self.read(call, &written, &till)?;
            if !read.taken.is_empty() {
                let change: CampaignChange =
                    read.taken.iter().map(|(_, campaign)| campaign.clone()).collect();
                till.change_campaigns(change).map_err(|error| call.words(&error))?;
            }
            read
        };
        say(&read, how, out)?;
        Ok(Ending::good_if(read.faults.is_empty()))
    }

    /// What the file holds, as far as it may be taken.
    fn read(&self, call: &Call<'_>, written: &[u8], till: &Till) -> anyhow::Result<taking_in::Read> {
        let tables = Tables::known(till, self.payment_types.as_deref())?;
        let mut read = taking_in::read(written, till, call.text, tables)?;
        if !self.anyway {
            read.leave_out_doubtful(till, call.text, call.place()?.1.now().business_date)?;
        }
        if !read.faults.is_empty() && !self.how.partial {
            read.taken.clear();
        }
        Ok(read)
    }
}

fn say(read: &taking_in::Read, how: &Importing, out: &mut dyn Write) -> anyhow::Result<()> {
    let codes: Vec<&str> = read.taken.iter().map(|(_, campaign)| campaign.code.as_str()).collect();
    if how.json {
        let faults: Vec<_> = read
            .faults
            .iter()
            .map(|fault| json!({ "item": fault.item, "code": fault.code, "field": fault.field, "fault": fault.words }))
            .collect();
        return answer(out, &json!({ "taken": codes, "dry_run": how.dry_run, "faults": faults }));
    }
    for fault in &read.faults {
        let code = fault.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
        let field = fault.field.as_deref().map(|field| format!("{field}: ")).unwrap_or_default();
        let which = if fault.item == 0 { "all campaigns".into() } else { format!("campaign {}", fault.item) };
        writeln!(out, "{which}{code}: {field}{}", fault.words)?;
    }
    let would = how.would();
    writeln!(out, "{} campaigns {would}taken over, {} faults", codes.len(), read.faults.len())?;
    Ok(())
}
