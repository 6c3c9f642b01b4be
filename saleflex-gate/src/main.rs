//! The hub as a program: `saleflex-gate serve`.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, TerminalChange, Unstated,
    db::{Books, Postgres, Sqlite},
    document,
    relay::{Relay, RelayStart},
    serve,
    settings::{Profile, Settings},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The hub of SaleFlex.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The settings file; the environment wins over it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve until Ctrl-C.
    Serve {
        /// Where to listen, instead of what the settings say.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// One store on its own network, or many companies; instead of what the settings say.
        #[arg(long)]
        profile: Option<ProfileName>,
    },
    /// What a store's hub forwards to the company's.
    #[command(subcommand)]
    Relay(RelayVerb),
    /// Add a store, with its company if there is none of that slug.
    Store(StoreArguments),
    /// Register a terminal and show its secrets, once.
    Terminal(TerminalArguments),
    /// Take over a store's data: a file with the answer of another hub's `GET /api/v1/pos/init`.
    Import {
        /// The company's slug, its name in addresses, such as corner-shops.
        #[arg(long, default_value = "main")]
        company: String,
        /// The currency of a new store, where the file does not say it.
        #[arg(long, default_value = "TRY")]
        currency: String,
        /// The time zone of a new store, by its IANA name; the file never says it.
        #[arg(long)]
        time_zone: String,
        /// The file.
        file: PathBuf,
    },
    /// Print a token with which somebody sets another password, good once, for an hour.
    ResetPassword {
        /// Who forgot it.
        username: String,
    },
    /// Take a person's second factor away, for whoever lost the authenticator and the recovery codes.
    RemoveSecondFactor {
        /// Whose.
        username: String,
    },
    /// Bring a company back that its owners deleted. Its devices are enrolled and keys of its programs are issued anew.
    BringBack {
        /// The company's slug, its name in addresses, such as corner-shops.
        company: String,
    },
    /// Move a hub from a file of SQLite into an empty database, with all it holds. Stop the hub first.
    Move {
        /// The file.
        from: PathBuf,
        /// Where to: `postgres://…`, or another file.
        to: String,
    },
    /// Copy the hub's file as it is at one moment, also while it serves. A database of PostgreSQL is copied with `pg_dump`.
    Backup {
        /// The copy; nothing is there yet.
        file: PathBuf,
    },
    /// Say that the books were put back to a backup, before they are served again: no limit and no gift card is lent until
    /// every terminal that may hold some of it was heard. Names those.
    Restored,
    /// Print the OpenAPI document, or write it to a file.
    Openapi {
        /// The file.
        file: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    Office,
    Gate,
}

#[derive(Args)]
struct StoreArguments {
    /// The company's slug, its name in addresses, such as corner-shops.
    #[arg(long, default_value = "main")]
    company: String,
    /// The installation that serves the store.
    office_code: String,
    /// The store's code.
    store_code: String,
    /// Its name, for receipts.
    name: String,
    /// Its currency, by ISO 4217.
    #[arg(long, default_value = "TRY")]
    currency: String,
    /// Its time zone, by its IANA name.
    #[arg(long, default_value = "Europe/Istanbul")]
    time_zone: String,
    /// Prices do not contain tax.
    #[arg(long)]
    tax_exclusive: bool,
    /// Take in terminals that nobody registered when they push on an open wire.
    #[arg(long)]
    self_registration: bool,
}

#[derive(Args)]
struct TerminalArguments {
    /// The installation that owns the terminal.
    office_code: String,
    /// The store's code.
    store_code: String,
    /// The terminal's code.
    terminal_code: String,
    /// Its number in the store, for receipts; the next one that is free where nothing is said.
    #[arg(long)]
    number: Option<i64>,
    /// It can only compare readable passcodes: give it those of its store.
    #[arg(long)]
    legacy: bool,
    /// It is a store's hub, which delivers what the tills of its store sent it.
    #[arg(long)]
    node: bool,
}

/// What a store's hub does about what it forwards.
#[derive(Subcommand)]
enum RelayVerb {
    /// How much waits, and what the company's hub would not take.
    Status,
    /// Forward an event once more that was set aside.
    Release {
        /// Its number, from `relay status`.
        number: u64,
    },
    /// Give up an event that was set aside. It stays in the queue, and closures name it as one that never comes.
    WriteOff {
        /// Its number, from `relay status`.
        number: u64,
        /// Why, for the audit log.
        #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
        reason: String,
    },
}

fn main() -> anyhow::Result<()> {
    let Arguments { config, verb } = Arguments::parse();
    if let Verb::Openapi { file } = verb {
        return write_document(file);
    }
    let settings = Settings::load(config.as_deref(), env::vars_os(), |settings| lay_over(settings, &verb))?;
    if let Verb::Move { from, to } = verb {
        return move_house(&from, to);
    }
    if let Verb::Backup { file } = &verb {
        return back_up(&settings.database, file);
    }
    run(settings, verb)
}

/// Copies the books of a file; the copy has reached the disk then.
fn back_up(database: &str, file: &Path) -> anyhow::Result<()> {
    if is_postgres(database) {
        return Err(anyhow!("the books are in PostgreSQL: copy them with pg_dump"));
    }
    let (from, to) = (Path::new(database), file.display());
    if !from.exists() {
        return Err(anyhow!("there is no file {database}"));
    }
    // Whoever makes the file writes it: two backups at once do not write into one.
    fs::File::create_new(file).with_context(|| format!("{to} is there already, or cannot be made"))?;
    let copied = Sqlite::copy(from, file).map_err(anyhow::Error::new);
    let copied = copied.and_then(|()| Ok(fs::File::open(file)?.sync_all()?));
    if copied.is_err() {
        // What is half there is no backup.
        fs::remove_file(file).with_context(|| format!("{to} is half written and cannot be removed"))?;
    }
    copied.with_context(|| format!("{database} was not copied to {to}"))?;
    println!("{database} was copied to {to}");
    Ok(())
}

/// What the command says wins over what the settings say.
fn lay_over(settings: &mut Settings, verb: &Verb) {
    let Verb::Serve { listen, profile } = verb else { return };
    settings.listen = listen.unwrap_or(settings.listen);
    match profile {
        Some(ProfileName::Office) => settings.profile = Profile::Office,
        Some(ProfileName::Gate) => settings.profile = Profile::Gate,
        None => {}
    }
}

#[tokio::main]
async fn move_house(from: &Path, to: String) -> anyhow::Result<()> {
    if !from.exists() {
        return Err(anyhow!("there is no file {}", from.display()));
    }
    let from = from.to_owned();
    let moved = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        // Both are brought up to this program first, so that they have the same tables.
        Books::open(Sqlite::open(&from)?).context("cannot open the file")?;
        open(&to).context("cannot open the target")?;
        let source = Sqlite::open(&from)?;
        if is_postgres(&to) {
            Ok(saleflex_gate::move_house(&source, &Postgres::connect(&to)?)?)
        } else {
            Ok(saleflex_gate::move_house(&source, &Sqlite::open(to.as_ref())?)?)
        }
    });
    for (table, rows) in moved.await?? {
        println!("{table}: {rows}");
    }
    Ok(())
}

fn is_postgres(database: &str) -> bool {
    database.starts_with("postgres://") || database.starts_with("postgresql://")
}

#[tokio::main]
async fn run(settings: Settings, verb: Verb) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let listen = settings.listen;
    let database = settings.database.clone();
    let opened = tokio::task::spawn_blocking(move || open(&database)).await?;
    let hub = Hub::new(opened.context("cannot open the database")?, settings, clock);
    match verb {
        Verb::Serve { .. } => run_service(hub, listen).await,
        Verb::Relay(verb) => relay(hub, verb).await,
        Verb::Store(arguments) => add_store(&hub, arguments).await,
        Verb::Terminal(arguments) => register(&hub, arguments).await,
        Verb::Import { company, currency, time_zone, file } => {
            import(&hub, company, file, Unstated { currency, time_zone }).await
        }
        Verb::ResetPassword { username } => {
            let token = hub.forgotten_password(username).await.map_err(said)?;
            println!("token: {}", token.ok_or_else(|| anyhow!("nobody has this name"))?);
            Ok(())
        }
        Verb::RemoveSecondFactor { username } => {
            let was_on = hub.remove_second_factor(username).await.map_err(said)?;
            let was_on = was_on.ok_or_else(|| anyhow!("nobody has this name"))?;
            println!("{}", if was_on { "a log-in asks for the password alone" } else { "there was none" });
            Ok(())
        }
        Verb::BringBack { company } => {
            let was_deleted = hub.bring_back(company).await.map_err(said)?;
            let was_deleted = was_deleted.ok_or_else(|| anyhow!("no company has this slug"))?;
            println!("{}", if was_deleted { "its owners may log in again" } else { "it was not deleted" });
            Ok(())
        }
        Verb::Restored => restored(&hub).await,
        Verb::Openapi { file } => write_document(file),
        // Done before a hub is opened.
        Verb::Move { .. } | Verb::Backup { .. } => Ok(()),
    }
}

fn open(database: &str) -> Result<Books, saleflex_gate::db::DatabaseError> {
    if is_postgres(database) {
        Books::open(Postgres::connect(database)?)
    } else {
        Books::open(Sqlite::open(database.as_ref())?)
    }
}

async fn run_service(hub: Hub, listen: SocketAddr) -> anyhow::Result<()> {
    let starting = hub.clone();
    let relay = tokio::task::spawn_blocking(move || match Relay::start(&starting, running_for()) {
        Err(RelayStart::NoUpstream) => Ok(None),
        // The store sells on: nothing is lost, it waits in the books.
        Err(error @ RelayStart::Companies { .. }) => {
            tracing::error!(%error, "nothing is forwarded until the next start");
            Ok(None)
        }
        started => started.map(Some),
    });
    let relay = relay.await?.context("cannot forward to the company's hub")?;
    if let Some(code) = hub.renew_set_up_code().await.map_err(said)? {
        println!("set-up code, good once, for whoever registers first and owns the company: {code}");
    }
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    println!("saleflex-gate listens on http://{}", listener.local_addr()?);
    serve(listener, hub, asked_to_stop()).await.context("the socket failed")?;
    // What is under way is answered or given up; the rest is forwarded after the next start.
    tokio::task::spawn_blocking(move || drop(relay)).await?;
    println!("saleflex-gate has stopped");
    Ok(())
}

async fn add_store(hub: &Hub, arguments: StoreArguments) -> anyhow::Result<()> {
    let StoreArguments { company, office_code, store_code, name, .. } = arguments;
    let new = NewStore {
        office_code,
        store_code,
        name,
        currency: arguments.currency,
        time_zone: arguments.time_zone,
        prices_include_tax: !arguments.tax_exclusive,
        self_registration: arguments.self_registration,
    };
    let is_new = !hub.knows_company(company.clone()).await.map_err(said)?;
    let store = hub.add_store(company.clone(), new).await.map_err(said)?;
    tell_founded(&company, is_new);
    println!("store {store}");
    Ok(())
}

/// A company that a slip of the pen founded is seen at once: its office codes are taken for good.
fn tell_founded(company: &str, is_new: bool) {
    if is_new {
        println!("company {company} is new; nobody owns it");
    }
}

async fn register(hub: &Hub, arguments: TerminalArguments) -> anyhow::Result<()> {
    let TerminalArguments { office_code, store_code, terminal_code, number, legacy, node } = arguments;
    let nowhere = format!("no store {store_code} of office {office_code}: `saleflex-gate store` adds one");
    let codes = Codes { office: office_code, store: store_code, terminal: terminal_code };
    let registered = match number {
        Some(number) => hub.register(codes, number).await,
        None => hub.register_next(codes).await,
    };
    let registered =
        registered.map_err(|error| if error.code == "not_found" { anyhow!(nowhere) } else { said(error) })?;
    if legacy {
        let change = TerminalChange::IsLegacy(true);
        hub.change(registered.company, registered.terminal.id, change).await.map_err(said)?;
    }
    if node {
        let change = TerminalChange::IsNode(true);
        hub.change(registered.company, registered.terminal.id, change).await.map_err(said)?;
    }
    println!("terminal {}, number {}", registered.terminal.id, registered.terminal.number);
    println!("enrolment code, good once, for fifteen minutes: {}", registered.enrolment_code);
    println!("secret of the device, not shown again: {}", registered.secret);
    let code = &registered.terminal.code;
    println!("base URL of an older terminal: http://{code}:{}@HUB:9000", registered.secret);
    Ok(())
}

async fn import(hub: &Hub, company: String, file: PathBuf, unstated: Unstated) -> anyhow::Result<()> {
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let answer = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let is_new = !hub.knows_company(company.clone()).await.map_err(said)?;
    let imported = hub.import_as(company.clone(), answer, unstated).await.map_err(said)?;
    tell_founded(&company, is_new);
    println!("store {}: {} rows are new or changed", imported.store, imported.changed);
    Ok(())
}

async fn restored(hub: &Hub) -> anyhow::Result<()> {
    let awaited = hub.books_were_put_back().await.map_err(said)?;
    println!("{} terminals are awaited before anything is lent", awaited.len());
    for (store, terminal) in awaited {
        println!("{store} {terminal}");
    }
    Ok(())
}

async fn relay(hub: Hub, verb: RelayVerb) -> anyhow::Result<()> {
    let done = tokio::task::spawn_blocking(move || {
        match verb {
            RelayVerb::Status => {
                let progress = hub.relayed()?;
                println!("{} of {} events wait", progress.waiting, progress.last_seq);
                if let Some(oldest) = progress.oldest_waiting {
                    println!("the oldest came about at {}", oldest.to_rfc3339());
                }
                for (number, code, detail) in hub.relay_set_aside()? {
                    println!("event {number} is set aside: {code} {detail}");
                }
            }
            RelayVerb::Release { number } if hub.relay_again(number)? => {
                println!("event {number} is forwarded once more");
            }
            RelayVerb::WriteOff { number, reason } if hub.relay_write_off(number, &reason)? => {
                println!("event {number} is given up");
            }
            RelayVerb::Release { number } | RelayVerb::WriteOff { number, .. } => {
                anyhow::bail!("event {number} is not set aside")
            }
        }
        Ok(())
    });
    done.await?
}

/// How long the program runs, by a clock that is never set.
#[expect(clippy::disallowed_methods, reason = "waits between requests are measured from here")]
fn running_for() -> impl FnMut() -> Duration + Send {
    let began = Instant::now();
    move || began.elapsed()
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over is owned")]
fn said(error: ApiError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// Ends at Ctrl-C, and on Unix when the process is asked to terminate.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    // Without a signal to wait for, the hub would stop at once; it rather serves until it is killed.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the hub reads the clock")]
fn clock() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

fn write_document(file: Option<PathBuf>) -> anyhow::Result<()> {
    let text = document().to_pretty_json()? + "\n";
    match file {
        Some(file) => fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?,
        None => print!("{text}"),
    }
    Ok(())
}
