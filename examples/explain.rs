//! Why each campaign gives what it gives on a basket, what little more would bring, and what the hub would be sent.
#![allow(clippy::print_stdout, reason = "an example prints")]

use saleflex_core::{
    campaign::{Outcome, SchemaVersion},
    checkout::Advised,
    document::AddLine,
    quantity::Quantity,
    tender::TenderKind,
};
use saleflex_store::{Shell, Till, demo::corner_market, shell::ManualShell, till::Basket};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let till =
        Till::create(folder.path().join("shop.saleflex"), corner_market(&mut clock.clone()), clock.clone())?;

    let basket = Basket {
        lines: vec![
            AddLine::code("12303").times(Quantity::parse("2")?),
            AddLine::code("16204"),
            AddLine::code("18201").times(Quantity::parse("2")?),
        ],
        tender: Some(TenderKind::CreditCard),
        ..Basket::default()
    };
    let now = clock.now();
    let tried = till.try_out(&basket, now)?;
    for verdict in &tried.verdicts {
        let campaign = tried.campaigns.campaign(verdict.campaign);
        let words = match &verdict.outcome {
            Outcome::Applied { amount, .. } => format!("gives {}", till.currency().show(*amount)),
            Outcome::Beaten { amount, .. } | Outcome::NothingLeft { amount, .. } => {
                format!("would give {}", till.currency().show(*amount))
            }
            Outcome::Unmet(unmet) => format!("{unmet:?}"),
            _ => String::new(),
        };
        println!("{:<12} {words}", campaign.code.as_str());
    }
    for advice in &tried.advice {
        let campaign = tried.campaigns.campaign(advice.campaign);
        if let Advised::Goods { item, beside, saving, .. } = &advice.of {
            let saving = till.currency().show(*saving);
            let beside = beside.as_ref().map(|(other, units)| format!(" and {units} more {}", other.name));
            let beside = beside.unwrap_or_default();
            println!("{} more {}{beside}: {} saves {saving}", advice.quantity, item.name, campaign.code);
        }
    }
    let cart = till.snapshot_of(&tried, SchemaVersion::V1_1)?;
    println!("{}", serde_json::to_string_pretty(&cart.lines[0])?);
    println!("{}", serde_json::to_string_pretty(&cart.totals)?);
    Ok(())
}
