//! Making a till and opening one.

use std::{cell::RefCell, collections::BTreeMap, path::Path};

use rusqlite::{Connection, params};
use saleflex_core::{
    campaign::CampaignSet,
    cashier::Capability,
    catalog::{Catalog, CatalogError},
    closure::Period,
    ids::CashierId,
    inventory::{Place, Stock},
    journal::{ChainHead, Entry, Event, MadeWith, Opening, opening_stock},
    money::{Currency, Money},
};
use uuid::Uuid;

use super::{Till, balances, goods::Goods, roles, tier_discounts, work::DaysOfWork};
use crate::{
    books::{
        audit,
        closures::{self, OpenPeriod},
        journal,
    },
    checks::consistency::{self, Defects},
    error::{Error, FieldFault},
    exchange::{outbox, quotas},
    file::{
        codec::{Col, Json, Name, get, get_json, get_name},
        connection::{AfterStatement, Database, Transaction},
    },
    goods::{
        campaigns::{self, InForce},
        catalog, stock,
    },
    people::{
        cashier::{self, Cashier, NewCashier},
        customer, loyalty, segments,
    },
    printing, settings,
    setup::{Identity, Setup},
    shell::Shell,
};

/// Opening.
impl Till {
    /// Makes a new till in a file that does not exist yet, with its first period open. The file is there once the till is
    /// whole: where the power fails before, there is none, and making it again is all that is to be done.
    ///
    /// # Errors
    /// [`Error::Open`] when the file exists or cannot be made, [`Error::Catalog`] when the records do not fit,
    /// [`Error::BadRecord`] for a cashier or customer that cannot be one, [`Error::NobodyAssignsRoles`],
    /// [`Error::Settings`], [`Error::Campaigns`].
    pub fn create(path: impl AsRef<Path>, setup: Setup, shell: impl Shell + 'static) -> Result<Self, Error> {
        Self::make(path.as_ref(), setup, Box::new(shell), None)
    }

    /// The same, with a function that is called after every statement.
    fn make(
        path: &Path,
        setup: Setup,
        mut shell: Box<dyn Shell>,
        after_statement: Option<AfterStatement>,
    ) -> Result<Self, Error> {
        if !setup.cashiers.iter().all(NewCashier::is_valid) {
            return Err(Error::BadRecord { record: "cashier" });
        }
        // A manager lets cashiers in and gives nobody what a manager has not: somebody has the rest to give.
        let needed = [Capability::RoleAssign, Capability::SettingsWrite];
        let may_all = |cashier: &NewCashier| needed.iter().all(|one| cashier.capabilities.contains(one));
        if !setup.cashiers.iter().any(may_all) {
            return Err(Error::NobodyAssignsRoles);
        }
        setup.check_members()?;
        setup.settings.validate()?;
        let setup = Setup { campaigns: tier_discounts::at_first(&setup, shell.as_mut()), ..setup };
        CampaignSet::compile(setup.campaigns.clone())?;
        let mut catalog = Catalog::from_records(setup.catalog.clone())?;
        catalog.set_store(setup.identity.store);
        let fill = |connection: &Connection| fill(connection, &setup, shell.as_mut());
        let database = Database::create(path, after_statement, fill)?;
        Self::load(database, shell, catalog, Vec::new())
    }

    /// Opens a till. What it was doing when it stopped is there again, as the settings' recovery rule says;
    /// [`Till::recovered`] tells what was found.
    ///
    /// A shop of one's own, made at the first start and opened at every other:
    ///
    /// ```
    /// use saleflex_core::{
    ///     cashier::Role,
    ///     catalog::DepartmentNo,
    ///     closure::template::Region,
    ///     document::{AddLine, Command, TakeTender},
    ///     ids::{StoreId, TerminalId},
    ///     quantity::UnitPrice,
    ///     tender::TenderKind,
    /// };
    /// use saleflex_store::{
    ///     Shell, Till,
    ///     cashier::NewCashier,
    ///     setup::{Beginning, FirstNames, Identity},
    ///     shell::ManualShell,
    /// };
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("shop.saleflex");
    /// let mut shell = ManualShell::starting("2025-04-06T09:00:00Z".parse()?, 7);
    /// if !path.exists() {
    ///     // The place says the currency, the taxes and whether prices contain them.
    ///     let place = Beginning::at(Some(Region::parse("GB")?), None).ok_or("nothing is known of the place")?;
    ///     let identity = Identity {
    ///         store: StoreId::new(shell.new_id()),
    ///         store_code: "1".to_owned(),
    ///         store_name: "My shop".to_owned(),
    ///         terminal: TerminalId::new(shell.new_id()),
    ///         terminal_code: "1".to_owned(),
    ///         currency: place.currency(),
    ///         tax_mode: place.tax_mode(),
    ///     };
    ///     let mut setup = place.setup(identity, FirstNames { department: "Goods", no_tax: "No tax" });
    ///     setup.cashiers = vec![NewCashier::with_role("ada", "Ada", "4711", Role::Administrator)];
    ///     Till::create(&path, setup, shell.clone())?;
    /// }
    /// let mut till = Till::open(&path, shell)?;
    /// till.log_in("ada", "4711")?;
    /// till.execute(Command::AddLine(AddLine::department(DepartmentNo(1), UnitPrice::parse("2.50")?)))?;
    /// till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Open`] with the reason the file was refused.
    pub fn open(path: impl AsRef<Path>, shell: impl Shell + 'static) -> Result<Self, Error> {
        let mut database = Database::open(path.as_ref())?;
        let (catalog, broken) = catalog::load(database.connection_mut())?;
        let mut till = Self::load(database, Box::new(shell), catalog, broken)?;
        outbox::return_in_flight(till.connection())?;
        till.mend_outbox()?;
        till.mend_phone_keys()?;
        till.begin_epoch_of_a_copy()?;
        till.recover()?;
        till.take_balances_over()?;
        Ok(till)
    }

    pub(super) fn load(
        database: Database,
        shell: Box<dyn Shell>,
        catalog: Catalog,
        broken_records: Vec<CatalogError>,
    ) -> Result<Self, Error> {
        let connection = database.connection();
        let mut settings = settings::load(connection)?;
        // Older programs let the rules name them. They give no change by it, and would stand in the way of whatever else
        // people or a hub set.
        settings.policy.change_allowed.retain(|kind| kind.may_give_change());
        Ok(Self {
            identity: read_identity(connection)?,
            in_force: InForce::load(connection, settings.campaigns.resolution)?,
            settings,
            catalog,
            broken_records,
            roles: roles::Roles::load(connection)?,
            worked: DaysOfWork::default(),
            cashiers: cashier::load(connection)?,
            explained: None,
            rates: catalog::load_rates(connection)?,
            connectors: outbox::connectors(connection)?,
            programs: loyalty::programs(connection)?,
            segments: segments::all(connection)?,
            goods: Goods::load(connection)?,
            points_authority: None,
            points_away: false,
            points_untold: false,
            welcomed: None,
            on_duty: None,
            day: None,
            lock: None,
            epoch: connection.query_row("SELECT max(no) FROM epoch", [], |row| row.get(0))?,
            head: journal::head(connection)?,
            period: closures::open(connection)?,
            next_receipt: None,
            open: None,
            refused_birth: None,
            recovered: None,
            defects: Defects::default(),
            so_far: RefCell::default(),
            followed: RefCell::default(),
            shell,
            database,
        })
    }

    /// What the last two periods lacked when the till was opened. A defect of a program, to be reported: what was not
    /// queued for a hub is by now.
    pub const fn defects_at_start(&self) -> &Defects {
        &self.defects
    }

    /// What the last two periods lack now.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn defects(&self) -> Result<Defects, Error> {
        consistency::scan(self.connection(), &self.connectors)
    }

    fn mend_outbox(&mut self) -> Result<(), Error> {
        self.defects = self.defects()?;
        if self.defects.not_queued.is_empty() {
            return Ok(());
        }
        let transaction = Transaction::begin(self.database.connection_mut())?;
        consistency::repair(&transaction, &self.defects)?;
        transaction.commit()
    }

    /// Works keys of telephones out anew that begin with a zero although their country is known: an earlier version took
    /// the zeros before a calling code for a part of it.
    fn mend_phone_keys(&mut self) -> Result<(), Error> {
        let now = self.shell.now();
        let rules = self.phone_rules(now);
        if rules.calling_code().is_none() || !customer::has_keys_of_zeros(self.connection())? {
            return Ok(());
        }
        let transaction = Transaction::begin(self.database.connection_mut())?;
        customer::rekey(&transaction, &rules)?;
        transaction.commit()
    }

    /// A copy that is opened lives a life of its own: its sequence does not continue the original's, and nor do its
    /// receipt numbers, since nobody can tell how many the original gave out after it was copied. Its open period closes
    /// under the next number: the original may close it too.
    pub(super) fn begin_epoch_of_a_copy(&mut self) -> Result<(), Error> {
        if !self.connection().query_row("SELECT is_copy FROM till", [], |row| row.get(0))? {
            return Ok(());
        }
        let (epoch, id) = (self.shell.new_id(), self.shell.new_id());
        self.epoch += 1;
        let (terminal, first_receipt) = (self.identity.terminal.uuid(), self.first_receipt());
        let least = closures::least(self.connection())?;
        let closes_as = Some(self.period.period.closing_number().next().max(least));
        let period = Period { closes_as, ..self.period.period.clone() };
        let open = OpenPeriod { id, period, first_receipt, ..self.period };
        self.commit_event(Event::EpochBegan { epoch, closes_as }, terminal, |connection, seq| {
            write_epoch(connection, epoch, seq)?;
            connection.execute("UPDATE till SET is_copy = 0", [])?;
            printing::forget(connection)?;
            quotas::forget(connection)?;
            customer::live_on(connection)?;
            loyalty::elsewhere::live_on(connection)?;
            closures::live_on(connection, &open)
        })?;
        self.period = open;
        self.next_receipt = None;
        Ok(())
    }

    /// Where the receipts of a period begin in this life of the file.
    pub(super) fn first_receipt(&self) -> u32 {
        closures::first_receipt(self.epoch - FIRST_EPOCH)
    }
}

/// Writes everything a new till starts with, the first entry of its journal included.
fn fill(connection: &Connection, setup: &Setup, shell: &mut dyn Shell) -> Result<(), Error> {
    let (now, epoch) = (shell.now(), shell.new_id());
    let Identity { store, terminal, currency, tax_mode, .. } = setup.identity;
    let number = setup.numbering.closure;
    write_identity(connection, &setup.identity)?;
    write_epoch(connection, epoch, 1)?;
    let period = Period {
        number,
        store,
        terminal,
        currency,
        opened_at: now,
        opened_by: None,
        left_in_drawer: Money::ZERO,
        in_drawers: None,
        foreign_left: BTreeMap::new(),
        closes_as: None,
    };
    let first_receipt = setup.numbering.receipt;
    OpenPeriod { id: shell.new_id(), period, first_receipt, after_document: 0 }.write(connection)?;
    settings::write(connection, &setup.settings)?;
    catalog::replace_reference(connection, &setup.catalog.reference)?;
    catalog::put_products(connection, &setup.catalog.products)?;
    catalog::put_barcodes(connection, &setup.catalog.barcodes)?;
    catalog::details::put(connection, &setup.catalog.details)?;
    catalog::price_lists::put(connection, &setup.catalog.price_lists)?;
    let opening = put_goods(connection, setup)?;
    for (currency, rate) in &setup.exchange_rates {
        catalog::set_rate(connection, *currency, Some(*rate))?;
    }
    let mut cashiers = BTreeMap::new();
    for new in &setup.cashiers {
        let cashier = Cashier::new(CashierId::new(shell.new_id()), new, now);
        cashier::write(connection, &cashier, &cashier::hash_secret(&new.secret, shell.new_id()))?;
        cashiers.insert(cashier.id, cashier.capabilities);
    }
    let opening_stock = opening_stock(&opening);
    let made_with = Some(Box::new(MadeWith {
        settings: setup.settings.clone(),
        reference: setup.catalog.reference.clone(),
        rates: setup.exchange_rates.iter().copied().collect(),
        cashiers,
    }));
    let event = Event::TillCreated { store, terminal, currency, tax_mode, epoch, opening_stock, made_with };
    let entry = Entry::new(terminal.uuid(), now, None, number, event);
    let mut head = ChainHead::default();
    let promotions = setup.promotions().map(|event| Entry::new(terminal.uuid(), now, None, number, event));
    for entry in [entry].into_iter().chain(promotions) {
        head = journal::append(connection, FIRST_EPOCH, &head, &entry, None)?;
        audit::write(connection, head.seq, &entry, None)?;
        campaigns::write(connection, &entry)?;
    }
    balances::fill(connection, setup, now, shell, &head)
}

/// Writes where goods lie, what is on the shelf at first and what it cost by the catalog of then.
fn put_goods(connection: &Connection, setup: &Setup) -> Result<BTreeMap<Place, Opening>, Error> {
    let sites = setup.sites()?;
    let (warehouses, locations): (Vec<_>, Vec<_>) =
        (sites.warehouses().cloned().collect(), sites.locations().cloned().collect());
    stock::sites::put(connection, &warehouses, &locations)?;
    let costs: BTreeMap<_, _> =
        setup.catalog.products.iter().map(|product| (product.id, product.cost_price)).collect();
    let mut opening = BTreeMap::new();
    if let Some(location) = sites.counter(setup.settings.stock.sales_location) {
        for (product, on_hand) in &setup.stock {
            let on_hand =
                Stock::try_new(*on_hand).map_err(|_| Error::bad_field("stock", FieldFault::TooLarge))?;
            let known = Opening { on_hand, unit_cost: costs.get(product).copied().flatten() };
            stock::start(connection, *product, location, known)?;
            opening.insert(Place { item: (*product).into(), location }, known);
        }
    }
    Ok(opening)
}

pub(super) const FIRST_EPOCH: i64 = 1;

fn write_epoch(connection: &Connection, id: Uuid, first_seq: i64) -> Result<(), Error> {
    connection.execute("INSERT INTO epoch (id, first_seq) VALUES (?1, ?2)", params![Col(id), first_seq])?;
    Ok(())
}

fn write_identity(connection: &Connection, identity: &Identity) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO till (one, store, store_code, store_name, terminal, terminal_code, currency, tax_mode) \
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            Col(identity.store),
            identity.store_code,
            identity.store_name,
            Col(identity.terminal),
            identity.terminal_code,
            Json(identity.currency),
            Name(identity.tax_mode),
        ],
    )?;
    Ok(())
}

pub(crate) fn read_identity(connection: &Connection) -> Result<Identity, Error> {
    let sql = "SELECT store, store_code, store_name, terminal, terminal_code, currency, tax_mode FROM till";
    Ok(connection.query_row(sql, [], |row| {
        Ok(Identity {
            store: get(row, 0)?,
            store_code: row.get(1)?,
            store_name: row.get(2)?,
            terminal: get(row, 3)?,
            terminal_code: row.get(4)?,
            currency: get_json::<Currency>(row, 5)?,
            tax_mode: get_name(row, 6)?,
        })
    })?)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf, time::Duration};

    use saleflex_core::{
        cashier::Role,
        closure::template::Region,
        ids::{StoreId, TerminalId},
    };

    use super::*;
    use crate::{
        checks::verify::Verification,
        error::OpenError,
        setup::{Beginning, FirstNames},
        shell::ManualShell,
    };

    const FILE: &str = "till.saleflex";

    thread_local! {
        /// The folder a till is made in, and a copy of it after each statement.
        static STOPPED: RefCell<Option<(PathBuf, Vec<tempfile::TempDir>)>> = const { RefCell::new(None) };
    }

    /// The power fails after this statement: what would be on the disk is copied.
    fn after_statement(_: &str, _: Duration) {
        STOPPED.with_borrow_mut(|stopped| {
            let Some((folder, copies)) = stopped else { return };
            let copy = tempfile::tempdir().unwrap();
            for file in fs::read_dir(folder).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
            }
            copies.push(copy);
        });
    }

    fn shell() -> ManualShell {
        ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7)
    }

    fn make_in(folder: &Path, after_statement: Option<AfterStatement>) -> Result<Till, Error> {
        let mut shell = shell();
        let place = Beginning::at(Some(Region::parse("GB").unwrap()), None).unwrap();
        let identity = Identity {
            store: StoreId::new(shell.new_id()),
            store_code: "1".to_owned(),
            store_name: "My shop".to_owned(),
            terminal: TerminalId::new(shell.new_id()),
            terminal_code: "1".to_owned(),
            currency: place.currency(),
            tax_mode: place.tax_mode(),
        };
        let mut setup = place.setup(identity, FirstNames { department: "Goods", no_tax: "No tax" });
        setup.cashiers = vec![NewCashier::with_role("ada", "Ada", "4711", Role::Administrator)];
        Till::make(&folder.join(FILE), setup, Box::new(shell), after_statement)
    }

    #[test]
    fn a_till_whose_making_is_cut_short_after_any_statement_is_made_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        STOPPED.set(Some((folder.path().to_owned(), Vec::new())));
        make_in(folder.path(), Some(after_statement)).unwrap();
        let (_, copies) = STOPPED.take().unwrap();
        let mut unmade = 0;
        for (at, copy) in copies.iter().enumerate() {
            let path = copy.path().join(FILE);
            match Till::open(&path, shell()) {
                Ok(till) => assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{at}"),
                Err(Error::Open(OpenError::Missing { .. })) => unmade += 1,
                Err(error) => panic!("after statement {at}: {error:?}"),
            }
            // Making it takes a while: every tenth shows what the one before left behind.
            if !path.exists() && at % 10 == 0 {
                let till = make_in(copy.path(), None).unwrap();
                assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{at}");
            }
        }
        assert!(unmade > 100 && unmade < copies.len(), "{unmade} of {}", copies.len());
    }

    #[test]
    fn a_file_that_could_not_be_finished_leaves_its_room_and_no_log_of_another_is_taken_for_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let full = Database::create(&path, None, |_| Err(Error::DiskFull));
        assert!(matches!(full, Err(Error::DiskFull)));
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["till.saleflex.lock"]);
        // Somebody deleted a till's file and forgot the log that lay beside it.
        let elsewhere = tempfile::tempdir().unwrap();
        let other = make_in(elsewhere.path(), None).unwrap();
        other.connection().execute_batch("CREATE TABLE stray (a)").unwrap();
        fs::copy(elsewhere.path().join("till.saleflex-wal"), folder.path().join("till.saleflex-wal"))
            .unwrap();
        drop(make_in(folder.path(), None).unwrap());
        let till = Till::open(&path, shell()).unwrap();
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
        let strays = "SELECT count(*) FROM sqlite_schema WHERE name = 'stray'";
        assert_eq!(till.connection().query_row(strays, [], |row| row.get::<_, i64>(0)), Ok(0));
    }
}
