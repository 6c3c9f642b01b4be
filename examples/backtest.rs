//! What a promotion would have cost: a draft of campaigns tried on the sales a till has stored.
#![allow(clippy::print_stdout, reason = "an example prints")]

use chrono::TimeDelta;
use saleflex_core::{
    campaign::{Benefit, CampaignChange, Per, Resolution, Reward, Target},
    document::{AddLine, AgeEvidence, Command, TakeTender},
    quantity::Percent,
    tender::TenderKind,
};
use saleflex_store::{Till, demo::corner_market, shell::ManualShell, till::TrialDays};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-07T09:30:00Z".parse()?, 1);
    let mut till =
        Till::create(folder.path().join("shop.saleflex"), corner_market(&mut clock.clone()), clock.clone())?;
    till.log_in("priya", "3333")?;
    for codes in [["12303", "12303", "12303"], ["16204", "17304", "17304"], ["12303", "16204", "18201"]] {
        for code in codes {
            till.execute(Command::AddLine(AddLine::code(code).with_age(AgeEvidence::Looked)))?;
        }
        till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
        clock.advance(TimeDelta::hours(1));
    }

    // The set in force gives every sale as it was.
    let mut trial = till.begin_trial(till.campaigns().clone(), Resolution::Priority, TrialDays::default())?;
    till.advance_trial(&mut trial, 100)?;
    println!("as it was:\n{}", trial.report().table(trial.set(), till.currency()));

    // Fifteen percent off the whole basket from 3.00, before everything else.
    let mut draft = till.campaigns().campaigns()[0].clone();
    draft.id = till.new_campaign_id();
    draft.code = "FIFTEEN".into();
    draft.target = Target::all();
    draft.benefit = Benefit::Off { reward: Reward::Percent(Percent::parse("15")?), per: Per::Document };
    draft.limits.least_purchase = Some(till.currency().parse("3.00")?);
    let set = CampaignChange::save(draft).applied_to(till.campaigns())?;
    let mut trial = till.begin_trial(set, Resolution::Priority, TrialDays::default())?;
    while !till.advance_trial(&mut trial, 2)? {
        let (tried, all) = trial.progress();
        println!("{tried} of {all} tried");
    }
    println!("with the draft:\n{}", trial.report().table(trial.set(), till.currency()));
    Ok(())
}
