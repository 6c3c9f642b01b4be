//! A department.

use saleflex_core::{
    cashier::Capability,
    catalog::{Department, DepartmentNo, Reference},
    settings::Settings,
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    LONGEST_NAME, REMOVE, removes, save,
};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
    view,
};

/// A department; of none a new one. Its number stands: products name it.
pub(crate) struct DepartmentModel;

/// Stands between two numbers of tax rates.
const BETWEEN: char = '|';

impl Model for DepartmentModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "DEPARTMENT",
            panel: "DEPARTMENT_PANEL",
            definition: include_str!("../../../forms/department.toml"),
            event: "DEPARTMENT_ADD",
            fields: &["NO", "NAME", "MAIN", "TAXES", "MAX_PRICE", "CLASS", REMOVE, "RATES"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintDepartment
    }

    fn money(&self) -> &'static [&'static str] {
        &["MAX_PRICE"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let no = number(of);
        let known = no.and_then(|no| till.catalog().departments().find(|department| department.no == no));
        let mains = mains(till);
        let main = known.and_then(|department| department.main);
        let at = mains.iter().position(|(no, _)| Some(*no) == main).map_or(0, |at| at + 1);
        let names = mains.into_iter().map(|(_, name)| name);
        let options = std::iter::once(text.word(Key::DepartmentIsMain).to_owned()).chain(names).collect();
        let taxes = known.map(|department| {
            let numbers: Vec<String> = department.taxes.iter().map(u16::to_string).collect();
            numbers.join(&BETWEEN.to_string())
        });
        let price = known.and_then(|department| department.max_price);
        let mut fields = vec![
            (
                "NO",
                known.map_or_else(|| Value::Text(String::new()), |known| Value::Fixed(known.no.to_string())),
            ),
            ("NAME", Value::text(known.map(|known| &known.name))),
            ("MAIN", Value::Choice { options, at }),
            ("TAXES", Value::text(taxes)),
            ("MAX_PRICE", Value::text(price.map(|price| view::price(till.currency(), price)))),
        ];
        let classes = till.country_asks()?.classes;
        if !classes.is_empty() {
            let at = classes.iter().position(|class| no.is_some_and(|no| is_of(till, class, no)));
            let options = [text.word(Key::ClassNone).to_owned()].into_iter().chain(classes.iter().cloned());
            fields
                .push(("CLASS", Value::Choice { options: options.collect(), at: at.map_or(0, |at| at + 1) }));
        }
        if known.is_some() {
            fields.push((REMOVE, Value::Flag(false)));
        }
        fields.push(("RATES", Value::Lines(rates(till, text))));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut reference = till.catalog().reference();
        if removes(entered, of.is_some()) {
            reference.departments.retain(|department| Some(department.no) != number(of));
            return save(till, text, &reference, Some(REMOVE));
        }
        let mut read = Reader::new(entered, text, till);
        let no = DepartmentNo(read.record_number("NO"));
        let at = reference.departments.iter().position(|department| department.no == no);
        if of.is_none() && at.is_some() {
            return Err(Unsaved::taken(text, "NO", &no.to_string()));
        }
        let department = Department {
            no,
            name: read.needed("NAME", LONGEST_NAME),
            main: main(&mut read, &mains(till), no),
            taxes: taxes(&mut read, &reference),
            max_price: read.price("MAX_PRICE"),
        };
        let settings = classed(till, no, entered)?;
        // Both or neither: who may not set the class is told before the department is written.
        let may_set = till.on_duty().is_some_and(|who| who.capabilities.contains(&Capability::SettingsWrite));
        if settings.is_some() && !may_set {
            let who = message::capability(text, Capability::SettingsWrite);
            read.fault("CLASS", text.fill(Key::ClassIsSetBy, &[("who", who)]));
        }
        read.finish()?;
        match at.and_then(|at| reference.departments.get_mut(at)) {
            Some(known) => *known = department,
            None => reference.departments.push(department),
        }
        save(till, text, &reference, Some("TAXES"))?;
        settings.map_or(Ok(()), |settings| Ok(till.change_settings(settings)?))
    }
}

/// Whether a department belongs to a class of the country's figures.
fn is_of(till: &Till, class: &str, no: DepartmentNo) -> bool {
    till.settings().classes.get(class).is_some_and(|departments| departments.contains(&no))
}

/// The settings with a department in the class that was chosen, out of any other; none where they stand so.
fn classed(till: &Till, no: DepartmentNo, entered: &Entered) -> Result<Option<Settings>, Error> {
    let classes = till.country_asks()?.classes;
    if classes.is_empty() {
        return Ok(None);
    }
    let chosen = entered.choice("CLASS").checked_sub(1).and_then(|at| classes.iter().nth(at));
    let mut settings = till.settings().clone();
    for (class, departments) in &mut settings.classes {
        if Some(class) != chosen {
            departments.remove(&no);
        }
    }
    settings.classes.retain(|_, departments| !departments.is_empty());
    if let Some(chosen) = chosen {
        settings.classes.entry(chosen.clone()).or_default().insert(no);
    }
    Ok(Some(settings).filter(|settings| settings != till.settings()))
}

fn number(of: Option<RowId>) -> Option<DepartmentNo> {
    if let Some(RowId::Department(no)) = of { Some(no) } else { None }
}

/// The main departments with what the choice calls them.
fn mains(till: &Till) -> Vec<(DepartmentNo, String)> {
    let mains = till.catalog().departments().filter(|department| department.no.is_main());
    mains.map(|department| (department.no, format!("{} {}", department.no, department.name))).collect()
}

/// The main department that one numbered 100 or more belongs to; those below are main themselves.
fn main(read: &mut Reader<'_>, mains: &[(DepartmentNo, String)], no: DepartmentNo) -> Option<DepartmentNo> {
    let at = read.entered.choice("MAIN").checked_sub(1);
    let main = at.and_then(|at| mains.get(at)).map(|(no, _)| *no);
    match (no.is_main(), main) {
        (true, Some(_)) => read.fault("MAIN", read.text.word(Key::MainBelowMain).to_owned()),
        (false, None) => read.fault("MAIN", read.text.word(Key::MainNeeded).to_owned()),
        (true, None) | (false, Some(_)) => {}
    }
    main
}

/// The tax rates by their numbers.
fn taxes(read: &mut Reader<'_>, reference: &Reference) -> Vec<u16> {
    let mut taxes = Vec::new();
    let typed = read.entered.text("TAXES").to_owned();
    for number in typed.split([BETWEEN, ',', ' ']).map(str::trim).filter(|number| !number.is_empty()) {
        match number.parse::<u16>().ok().filter(|no| reference.tax_rates.iter().any(|rate| rate.no == *no)) {
            Some(no) if taxes.contains(&no) => {}
            Some(no) => taxes.push(no),
            None => read.fault("TAXES", read.text.fill(Key::NoSuchTaxRate, &[("number", number)])),
        }
    }
    taxes
}

/// The tax rates there are, to choose from.
fn rates(till: &Till, text: &Text) -> Vec<String> {
    let heading = format!(
        "{:>6}  {:<30}{:>10}",
        text.word(Key::ColumnRecordNo),
        text.word(Key::ColumnTaxRate),
        text.word(Key::ColumnPercent)
    );
    let rates = till.catalog().tax_rates();
    let lines = rates.map(|rate| format!("{:>6}  {:<30.29}{:>10}", rate.no, rate.name, rate.percent));
    std::iter::once(heading).chain(lines).collect()
}
