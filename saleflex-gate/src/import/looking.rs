//! The look at the rows of a file: what each does, or why it cannot be taken.
//!
//! What is in the books is asked for a part of the file at a time: row by row a server would be asked for longer than anybody
//! waits.

use std::collections::BTreeSet;

use saleflex_core::money::CurrencyCode;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    cell,
    reading::{Fields, IS_DELETED, harmless},
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    definitions::{
        editing::{self, Stored},
        fields, keyed,
        many::ToWrite,
        phones, references,
        rules::{self, Rule, invalid},
    },
    office::content,
    registry::regions,
};

/// What a row of a file does.
pub(super) struct Outcome {
    /// The row that has its key; none: it is new.
    pub(super) found: Option<Stored>,
    /// What the file says otherwise.
    pub(super) news: Fields,
    /// All that the row says then.
    body: Fields,
}

impl Outcome {
    /// Whether the row stands as it is.
    pub(super) fn is_same(&self) -> bool {
        self.found.is_some() && self.news.is_empty()
    }

    /// What is written of it for a store, or for all.
    pub(super) fn into_written(self, store: Option<Uuid>) -> ToWrite {
        let body = self.body;
        match self.found {
            None => ToWrite { id: None, overrides: None, body },
            Some(found) if found.store_id != store => ToWrite { id: None, overrides: Some(found.id), body },
            Some(found) => ToWrite { id: Some(found.id), overrides: found.overrides, body },
        }
    }
}

/// The look at a file, as far as it came.
pub(super) struct Looking<'a> {
    company: Uuid,
    rule: &'a Rule,
    /// The store that the file is for; none: all stores.
    store: Option<Uuid>,
    /// The regions that the store lies in.
    regions: BTreeSet<Uuid>,
    currencies: Vec<CurrencyCode>,
    references: references::Known,
    /// The keys that rows had so far.
    seen: BTreeSet<String>,
}

impl<'a> Looking<'a> {
    pub(super) fn at(
        session: &mut dyn Session,
        (company, rule): (Uuid, &'a Rule),
        store: Option<Uuid>,
    ) -> Result<Self, DatabaseError> {
        let mut regions = BTreeSet::new();
        if let Some(store) = store {
            let above = regions::above("s.store_id = $2");
            for row in &session.query(&above, &[company.into(), store.into()])? {
                regions.insert(row.id(0)?);
            }
        }
        let currencies = editing::currencies(session, company, store)?;
        let (references, seen) = (references::Known::default(), BTreeSet::new());
        Ok(Self { company, rule, store, regions, currencies, references, seen })
    }

    /// Looks at the next rows; the refusal of one says why it cannot be taken.
    pub(super) fn part(
        &mut self,
        session: &mut dyn Session,
        rows: Vec<Fields>,
    ) -> Result<Vec<Result<Outcome, ApiError>>, DatabaseError> {
        let keys: BTreeSet<&str> = rows.iter().filter_map(|row| self.rule.key_of(row)).collect();
        let known = keyed::rows(session, (self.company, self.rule), (self.store, &keys))?;
        let found = known.values().flatten().map(|stored| &stored.row);
        self.references.ask(session, self.company, rows.iter().chain(found))?;
        let outcomes = rows.into_iter().map(|row| -> Result<Outcome, ApiError> {
            let key = self.rule.key_of(&row).map(str::to_owned);
            let under = key.as_ref().and_then(|key| known.get(key)).map(Vec::as_slice).unwrap_or_default();
            let outcome = self.look_at(row, under)?;
            let key = key.ok_or_else(|| without_key(self.rule))?;
            if !self.seen.insert(key.clone()) {
                return Err(ApiError::unprocessable("twice", format!("`{key}` stands twice in the file")));
            }
            Ok(outcome)
        });
        Ok(outcomes.collect())
    }

    /// Looks at a row, beside those that have its key.
    fn look_at(&self, row: Fields, under: &[Stored]) -> Result<Outcome, ApiError> {
        let found = self.place(under);
        let said = |name: &str| found.and_then(|found| found.row.get(name));
        let mut news = row;
        news.retain(|name, value| {
            said(name).is_none_or(|known| !is_same((self.rule, name.as_str()), known, value))
        });
        if news.contains_key(IS_DELETED) {
            return Err(invalid(IS_DELETED, "is not set by a file: a row is removed by itself"));
        }
        let mut body = found.map(|found| found.row.clone()).unwrap_or_default();
        if found.is_some() && news.is_empty() {
            return Ok(Outcome { found: found.cloned(), news, body });
        }
        if self.is_taken(found, under) {
            return Err(rules::key_taken(self.rule.key.unwrap_or_default()));
        }
        fields::mend(self.rule.resource, &mut body);
        body.extend(news.clone());
        self.rule.check(&body, |field| found.is_none() || news.contains_key(field))?;
        if let Some(field) = self.references.leads_nowhere(&body) {
            return Err(references::unknown(field));
        }
        rules::costs_something(&body, &self.currencies)?;
        Ok(Outcome { found: found.cloned(), news, body })
    }

    /// The row that holds at the place of the file: of a store its own, else the company's.
    fn place<'r>(&self, under: &'r [Stored]) -> Option<&'r Stored> {
        let holds = |row: &&Stored| {
            (row.store_id.is_none() || row.store_id == self.store)
                && row.region_id.is_none_or(|region| self.regions.contains(&region))
        };
        under.iter().filter(holds).min_by_key(|row| (row.store_id.is_none(), row.version))
    }

    /// Whether a row beside the one that changes, and beside the one in the place of which it stands, has the key where the
    /// file is for.
    fn is_taken(&self, found: Option<&Stored>, under: &[Stored]) -> bool {
        let own = found.filter(|found| found.store_id == self.store);
        let base = match own {
            Some(own) => own.overrides,
            None if self.rule.overridden.is_empty() => None,
            None => found.map(|found| found.id),
        };
        let own = own.map(|own| own.id);
        let is_other = |row: &&Stored| {
            Some(row.id) != own && Some(row.id) != base && (own.is_none() || row.overrides != own)
        };
        let is_here = |store: Option<Uuid>| store.is_none() || self.store.is_none() || store == self.store;
        under.iter().filter(is_other).any(|row| is_here(row.store_id))
    }
}

/// A row that nobody could find again, were it made.
fn without_key(rule: &Rule) -> ApiError {
    let key = rule.key.unwrap_or_default();
    let field = if rule.resource == phones::CUSTOMERS { phones::TYPED } else { key };
    invalid(field, "is missing: rows are known by it")
}

/// Whether a field of a row already says what the file says of it, also where its cell was written by it: a decimal in however
/// many digits, a text without the blanks around it.
fn is_same((rule, name): (&Rule, &str), known: &Json, file: &Json) -> bool {
    let is_decimal = || fields::is_decimal(rule.resource, name);
    let decimals = || content::decimal(known).zip(content::decimal(file));
    let is_text = || file.as_str().is_some_and(|text| cell(Some(known)).trim() == harmless(text));
    known == file || is_text() || (is_decimal() && decimals().is_some_and(|(known, file)| known == file))
}
