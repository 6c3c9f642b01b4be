//! Loyalty programs: a whole program of ours in the field `definition`, or rows of the older shape with their tiers, rules and
//! policies.

use std::collections::BTreeMap;

use saleflex_core::{
    catalog::DepartmentNo,
    ids::ProgramId,
    loyalty::{ClawBack, Program},
    money::Currency,
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Lookup, departments::Departments, fields, mark};
use crate::fitting::{
    programs::{self as fitting, POLICIES, PROGRAMS, REDEMPTION, RULES, TIERS},
    rows::Fields,
};

/// What each tier, rule and policy names as its program.
const PROGRAM: &str = "fk_loyalty_program_id";

/// Programs. One is made anew whenever a row that belongs to it comes.
pub(super) fn programs(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut waiting: BTreeMap<Option<Uuid>, Vec<PulledRow>> = BTreeMap::new();
    for resource in [PROGRAMS, TIERS, RULES, REDEMPTION, POLICIES] {
        for row in till.waiting_rows(connector, resource, most)? {
            waiting.entry(program_of(&row)).or_default().push(row);
        }
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::read(till, connector)?;
    let mut marks = Vec::new();
    for (program, parts) in waiting {
        let made = match program {
            Some(id) => rows.made(till, id),
            None => Err("it belongs to no program".to_owned()),
        };
        marks.extend(take(till, connector, &parts, made)?);
    }
    Ok(marks)
}

/// Takes what some rows make over, or holds them with the reason.
fn take(
    till: &mut Till,
    connector: &str,
    parts: &[PulledRow],
    made: Result<Made, String>,
) -> Result<Vec<Taken>, Error> {
    let (Made { program, unfit }, why) = match made {
        Ok(made) => (made, None),
        Err(why) => (Made::default(), Some(why)),
    };
    let marked = |why: Option<String>| -> Vec<Taken> {
        // What is gone waits for nothing.
        let why_not =
            |row: &PulledRow| unfit.get(&row.id).or(why.as_ref()).filter(|_| !row.is_deleted).cloned();
        parts.iter().map(|row| mark(row, why_not(row))).collect()
    };
    let marks = marked(why);
    match till.take_over_program(connector, program, &marks) {
        Err(cause @ (Error::Program(_) | Error::Campaigns(_) | Error::CampaignFields { .. })) => {
            let marks = marked(Some(cause.to_string()));
            till.take_over_program(connector, None, &marks)?;
            Ok(marks)
        }
        done => done.map(|()| marks),
    }
}

/// The row of the program that a row belongs to.
fn program_of(row: &PulledRow) -> Option<Uuid> {
    if row.resource == PROGRAMS { Some(row.id) } else { Fields(&fields(row)).id(PROGRAM).ok().flatten() }
}

/// What rows make.
#[derive(Default)]
struct Made {
    /// None: the till never had what is gone.
    program: Option<Program>,
    /// Tiers and rules that cannot be read, by their rows: the others stay.
    unfit: BTreeMap<Uuid, String>,
}

/// Every row that programs are made of.
struct Rows {
    programs: BTreeMap<Uuid, PulledRow>,
    /// Tiers, rules and policies, of those that are there.
    parts: Vec<PulledRow>,
    departments: Departments,
}

impl Rows {
    fn read(till: &mut Till, connector: &str) -> Result<Self, Error> {
        let departments = Lookup::read(till, connector)?.departments;
        let mut parts = Vec::new();
        for resource in [TIERS, RULES, REDEMPTION, POLICIES] {
            parts.extend(till.pulled_rows(connector, resource)?.into_iter().filter(|row| !row.is_deleted));
        }
        let programs = till.pulled_rows(connector, PROGRAMS)?;
        Ok(Self { programs: programs.into_iter().map(|row| (row.id, row)).collect(), parts, departments })
    }

    fn parts<'a>(&'a self, program: Uuid, resource: &'a str) -> impl Iterator<Item = &'a PulledRow> {
        self.parts.iter().filter(move |row| row.resource == resource && program_of(row) == Some(program))
    }

    /// The program of a row; of one that is gone the till's own, switched off.
    fn made(&self, till: &Till, id: Uuid) -> Result<Made, String> {
        let row = self.programs.get(&id).ok_or_else(|| format!("program {id} is missing"))?;
        let map = fields(row);
        let whole = fitting::whole(&Fields(&map));
        if row.is_deleted {
            let id = whole.ok().flatten().map_or_else(|| ProgramId::new(id), |whole| whole.id);
            let known = till.programs().iter().find(|known| known.id == id);
            let program = known.map(|known| Program { is_active: false, ..known.clone() });
            return Ok(Made { program, ..Made::default() });
        }
        match whole? {
            Some(program) => Ok(Made { program: Some(program), ..Made::default() }),
            None => self.older(id, (&Fields(&map), map.get("settings_json")), till.currency()),
        }
    }

    /// A program of the older shape. What its rows do not say it does not give.
    fn older(
        &self,
        id: Uuid,
        (fields, settings): (&Fields<'_>, Option<&Value>),
        currency: &Currency,
    ) -> Result<Made, String> {
        let mut program = fitting::head(ProgramId::new(id), (fields, settings), currency)?;
        if let Some(row) = self.parts(id, REDEMPTION).next() {
            fitting::redeem(&Fields(&super::fields(row)), &mut program.redemption)?;
        }
        // A program without a policy asks for no telephone, and a refund moves none of its points.
        (program.require_phone, program.claw_back) = (false, ClawBack::None);
        if let Some(row) = self.parts(id, POLICIES).next() {
            fitting::follow_policy(&Fields(&super::fields(row)), &mut program)?;
        }
        let mut unfit = BTreeMap::new();
        for row in self.parts(id, TIERS) {
            match fitting::tier(&Fields(&super::fields(row)), currency) {
                Ok(tier) => program.tiers.push(tier),
                Err(why) => drop(unfit.insert(row.id, why.into())),
            }
        }
        for row in self.parts(id, RULES) {
            match fitting::rule(&Fields(&super::fields(row)), |id| self.department(id)) {
                Ok(rule) => program.rules.push(rule),
                Err(why) => drop(unfit.insert(row.id, why.into())),
            }
        }
        Ok(Made { program: Some(program), unfit })
    }

    fn department(&self, id: &str) -> Option<DepartmentNo> {
        self.departments.numbers.get(&id.parse().ok()?).copied()
    }
}
