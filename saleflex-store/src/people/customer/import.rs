//! Customers from a CSV file.
//!
//! The first line names the columns, in any order: `code`, `name` and `last_name` are needed; `phone`, `email`,
//! `street`, `area`, `town`, `zip`, `note`, `date_of_birth` (as 1990-12-31), `gender`, `national_id`, `tax_id`,
//! `account_limit`, `preferences` (words with blanks between them) and `source` (where the person registered) may be
//! there; others are passed over. Commas or semicolons stand between the cells.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use saleflex_core::{
    catalog::import::Record,
    customer::{Address, CustomerDetails, Gender, PhoneKey, PhoneRules, Source},
    ids::CustomerId,
    money::Currency,
};

use super::NewCustomer;
use crate::goods::import::{Lines, separator};

/// A file of customers, read and looked through; nothing is stored yet.
#[derive(Clone, Debug, Default)]
pub struct CustomerImport {
    /// The customers that may be added, in the order of the file.
    pub customers: Vec<ImportedCustomer>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<(u64, ImportFault)>,
}

/// A customer of a file.
#[derive(Clone, Debug)]
pub struct ImportedCustomer {
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// What the line says.
    pub customer: NewCustomer,
}

/// What is wrong with a line of a file. The text itself is not repeated: it may be anybody's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ImportFault {
    /// The first line lacks a column that is needed.
    MissingColumn(&'static str),
    /// The line is not UTF-8.
    NotText,
    /// What is known of the person has not its form.
    Details(saleflex_core::customer::DetailsError),
    /// No code, or a long one.
    Code,
    /// Not a date such as 1990-12-31.
    Date,
    /// No gender that is known.
    Gender,
    /// No place to register at that is known.
    Source,
    /// Not an amount of the till's currency, or one below nothing.
    AccountLimit,
    /// A customer of an earlier line, or of the till, has the code.
    CodeTaken,
    /// A customer of an earlier line, or of the till, has the telephone number.
    PhoneTaken {
        /// The customer of the till; none: one of an earlier line.
        by: Option<CustomerId>,
    },
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn(column) => write!(f, "the first line has no column {column}"),
            Self::NotText => f.write_str("the line is not UTF-8"),
            Self::Details(why) => why.fmt(f),
            Self::Code => f.write_str("a code has 1 to 50 characters"),
            Self::Date => f.write_str("the date of birth is no day such as 1990-12-31"),
            Self::Gender => f.write_str("the gender is none of male, female, other, prefer_not_to_say"),
            Self::Source => {
                f.write_str("the source is none of pos, mobile_app, website, social_media, referral")
            }
            Self::AccountLimit => f.write_str("the account limit is no amount"),
            Self::CodeTaken => f.write_str("another customer has the code"),
            Self::PhoneTaken { .. } => f.write_str("another customer has the telephone number"),
        }
    }
}

/// Columns a file must have.
const NEEDED: [&str; 3] = ["code", "name", "last_name"];

/// Reads a file of customers. Codes and telephones must be unique within it; against the till they are checked when
/// it is taken over.
pub fn read_csv(file: &[u8], rules: &PhoneRules, currency: &Currency) -> CustomerImport {
    let has_commas = separator::of(file) == b';';
    let mut import = CustomerImport::default();
    let mut columns = None;
    let mut seen = Seen::default();
    for record in Lines::new(file) {
        let Record { line, cells } = match record {
            Ok(record) => record,
            Err(line) => {
                import.faults.push((line, ImportFault::NotText));
                continue;
            }
        };
        let Some(columns) = &columns else {
            match header(&cells) {
                Ok(named) => columns = Some(named),
                Err(fault) => {
                    import.faults.push((line, fault));
                    return import;
                }
            }
            continue;
        };
        let (customer, mut faults) = read_row(&Row { cells: &cells, columns, has_commas }, currency);
        faults.extend(seen.taken(&customer, rules));
        if faults.is_empty() {
            seen.admit(&customer, rules);
            import.customers.push(ImportedCustomer { line, customer });
        }
        import.faults.extend(faults.into_iter().map(|fault| (line, fault)));
    }
    if columns.is_none() && import.faults.is_empty() {
        import.faults.push((1, ImportFault::MissingColumn(NEEDED[0])));
    }
    import
}

fn header(cells: &[String]) -> Result<HashMap<String, usize>, ImportFault> {
    let name = |cell: &String| cell.trim_start_matches('\u{feff}').trim().to_lowercase();
    let columns: HashMap<String, usize> = cells.iter().map(name).zip(0..).collect();
    match NEEDED.iter().find(|needed| !columns.contains_key(**needed)) {
        Some(missing) => Err(ImportFault::MissingColumn(missing)),
        None => Ok(columns),
    }
}

/// What earlier lines took.
#[derive(Default)]
struct Seen {
    codes: BTreeSet<String>,
    keys: BTreeSet<PhoneKey>,
}

impl Seen {
    fn taken(&self, customer: &NewCustomer, rules: &PhoneRules) -> Vec<ImportFault> {
        let code = self.codes.contains(&customer.code).then_some(ImportFault::CodeTaken);
        let key = customer.details.phone_key(rules).filter(|key| self.keys.contains(key));
        code.into_iter().chain(key.map(|_| ImportFault::PhoneTaken { by: None })).collect()
    }

    fn admit(&mut self, customer: &NewCustomer, rules: &PhoneRules) {
        self.codes.insert(customer.code.clone());
        self.keys.extend(customer.details.phone_key(rules));
    }
}

struct Row<'a> {
    cells: &'a [String],
    columns: &'a HashMap<String, usize>,
    /// Numbers have a comma before their fraction.
    has_commas: bool,
}

impl Row<'_> {
    fn text(&self, column: &str) -> String {
        self.optional(column).unwrap_or_default()
    }

    fn optional(&self, column: &str) -> Option<String> {
        let cell = self.cells.get(*self.columns.get(column)?)?.trim();
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    /// What a cell says, where it says anything; what cannot be read is a fault.
    fn read<T>(
        &self,
        column: &str,
        (faults, fault): (&mut Vec<ImportFault>, ImportFault),
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.optional(column)?;
        let value = read(&text);
        faults.extend(value.is_none().then_some(fault));
        value
    }
}

/// The customer of a row as far as it can be read, and everything that is wrong with it.
fn read_row(row: &Row<'_>, currency: &Currency) -> (NewCustomer, Vec<ImportFault>) {
    let mut faults = Vec::new();
    let date_of_birth = row.read("date_of_birth", (&mut faults, ImportFault::Date), |text| text.parse().ok());
    let gender = row.read("gender", (&mut faults, ImportFault::Gender), Gender::read);
    let source = row.read("source", (&mut faults, ImportFault::Source), Source::read).unwrap_or_default();
    let account_limit = row.read("account_limit", (&mut faults, ImportFault::AccountLimit), |text| {
        let pointed = if row.has_commas { separator::pointed(text) } else { text.to_owned() };
        currency.parse(&pointed).ok().filter(|amount| !amount.is_negative())
    });
    let address = Address {
        street: row.optional("street"),
        area: row.optional("area"),
        town: row.optional("town"),
        zip: row.optional("zip"),
    };
    let details = CustomerDetails {
        name: row.text("name"),
        last_name: row.text("last_name"),
        phone: row.optional("phone"),
        email: row.optional("email"),
        address,
        note: row.optional("note"),
        date_of_birth,
        gender,
        national_id: row.optional("national_id"),
        tax_id: row.optional("tax_id"),
        preferences: row.text("preferences").split_whitespace().map(str::to_owned).collect(),
    };
    let new = NewCustomer { code: row.text("code"), details, account_limit, source, points: None };
    faults.extend((!new.has_code()).then_some(ImportFault::Code));
    faults.extend(new.details.faults().into_iter().map(ImportFault::Details));
    // What has no fault is as it is stored.
    (new.checked().unwrap_or(new), faults)
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    fn read(file: &str) -> CustomerImport {
        read_csv(file.as_bytes(), &PhoneRules::default(), &Currency::of(CurrencyCode::parse("GBP").unwrap()))
    }

    #[test]
    fn a_file_with_semicolons_is_read_as_one_with_commas() {
        let import = read("code;name;last_name;account_limit;note\nC1;Grace;Hopper;25,50;fish, chips\n");
        let limits: Vec<_> = import.customers.iter().map(|one| one.customer.account_limit).collect();
        assert_eq!(limits, [Some(saleflex_core::money::Money::from_minor(2_550))], "{:?}", import.faults);
        assert_eq!(import.customers[0].customer.details.note.as_deref(), Some("fish, chips"));
    }

    #[test]
    fn every_line_stands_or_falls_by_itself_and_is_told_by_its_number() {
        let import = read(
            "last_name,CODE,name,phone,date_of_birth,account_limit\nHopper,C1,Grace,0532 1,1906-12-09,25.00\n\
             ,C2,Ada,,,\nKing,C3,Ada,,yesterday,\nKing,C4,Ada,,,-1\nKing,C1,Ada,,,\nKing,C5,Ada,05321,,\n\
             King,,Ada,,,\nKing,C6,Ada,1,,\n",
        );
        let lines: Vec<u64> = import.customers.iter().map(|one| one.line).collect();
        assert_eq!(lines, [2, 9]);
        assert_eq!(
            import.customers[0].customer.account_limit.map(saleflex_core::money::Money::minor),
            Some(2_500)
        );
        let faults: Vec<String> =
            import.faults.iter().map(|(line, fault)| format!("{line}: {fault}")).collect();
        assert_eq!(
            faults,
            [
                "3: the last name is required",
                "4: the date of birth is no day such as 1990-12-31",
                "5: the account limit is no amount",
                "6: another customer has the code",
                "7: another customer has the telephone number",
                "8: a code has 1 to 50 characters",
            ]
        );
    }

    #[test]
    fn gender_preferences_and_where_somebody_registered_come_from_a_file() {
        let import = read(
            "code,name,last_name,gender,preferences,source\nC1,Ada,King,FEMALE,vip tea,MOBILE_APP\nC2,Al,Kay,,,\n\
             C3,Cy,Lo,tall,,moon\n",
        );
        let said = |one: &ImportedCustomer| {
            let NewCustomer { details, source, .. } = &one.customer;
            (details.gender, details.preferences.iter().cloned().collect::<Vec<_>>().join(" "), *source)
        };
        let said: Vec<_> = import.customers.iter().map(said).collect();
        let ada = (Some(Gender::Female), "tea vip".to_owned(), Source::MobileApp);
        assert_eq!(said, [ada, (None, String::new(), Source::Pos)]);
        assert_eq!(import.faults, [(4, ImportFault::Gender), (4, ImportFault::Source)]);
    }

    #[test]
    fn a_fault_of_a_customer_is_told_with_the_line_of_the_file_it_stands_on() {
        let file = "code,name,last_name,note\n\nC1,Ada,King,\"two\nlines\"\n\n\nC2,,King,\nC3,Grace,Hopper,\nC4,,,\n";
        for end in ["\n", "\r\n", "\r"] {
            let import = read(&file.replace('\n', end));
            let faults: Vec<u64> = import.faults.iter().map(|(line, _)| *line).collect();
            let customers: Vec<u64> = import.customers.iter().map(|one| one.line).collect();
            // A note is one line: that one begins on the third and ends on the fourth.
            assert_eq!((faults, customers), (vec![3, 7, 9, 9], vec![8]), "{end:?}");
        }
    }

    #[test]
    fn a_line_tells_everything_that_is_wrong_with_it() {
        let told = read(
            "code,name,last_name,phone,date_of_birth,account_limit\nC1,Ada,King,0532 1,,\n,,King,,yesterday,-1\nC1,Ada,,0532 1,,\n",
        );
        let faults: Vec<String> =
            told.faults.iter().map(|(line, fault)| format!("{line}: {fault}")).collect();
        assert_eq!(
            faults,
            [
                "3: the date of birth is no day such as 1990-12-31",
                "3: the account limit is no amount",
                "3: a code has 1 to 50 characters",
                "3: the name is required",
                "4: the last name is required",
                "4: another customer has the code",
                "4: another customer has the telephone number",
            ]
        );
        assert_eq!(told.customers.len(), 1);
    }

    #[test]
    fn a_file_without_the_columns_it_needs_is_refused_whole() {
        assert_eq!(read("").faults, [(1, ImportFault::MissingColumn("code"))]);
        assert_eq!(read("code,name\n1,a\n").faults, [(1, ImportFault::MissingColumn("last_name"))]);
    }
}
