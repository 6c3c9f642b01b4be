//! Carrying the steps of a script out on a till.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, Write},
    path::Path,
    time::Duration,
};

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    basket::GoodsState,
    cashier::Capability,
    catalog::is_unprintable,
    closure::Declaration,
    document::{AddLine, Adjust, AgeEvidence, Command, NoteKind, ReturnLine, TakeTender},
    money::{Currency, Money},
};
use saleflex_store::Shell;

use super::{Major, Step, Target, Value, parse_line};
use crate::{
    effect::{Act, Approver, Denial, Desk, Effect, Outcome, Paper, Question, Reply, Sale},
    entry::Reading,
    message,
    text::{Key, Text},
};

mod goods_back;
mod named;
mod paying;

/// Exit code of a script of which a step failed.
pub const FAILED: u8 = 3;

/// Writes to whoever reads along. A reader that went away, as `head` does, has read enough; the steps that are left are
/// carried out all the same, since the till is not what they read.
struct Along<'a>(&'a mut dyn Write);

impl Write for Along<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_away(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_away(self.0.flush(), ())
    }
}

fn unless_away<T>(written: io::Result<T>, instead: T) -> io::Result<T> {
    match written {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
        written => written,
    }
}

/// Runs a script from a file, or from standard input for `-`. Every step prints one line, reports and receipts
/// theirs after it. Answers the exit code.
///
/// # Errors
/// When the script cannot be read or the output not be written; where nobody reads it any more, that is no error.
pub fn run_file<S: Shell + Clone + 'static>(
    desk: &mut Desk<S>,
    text: &'static Text,
    path: &Path,
    keep_going: bool,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let lines: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let named = |cause: io::Error| io::Error::new(cause.kind(), format!("{}: {cause}", path.display()));
        Box::new(io::BufReader::new(fs::File::open(path).map_err(named)?))
    };
    run(desk, text, lines, keep_going, out)
}

/// The same for any lines.
///
/// # Errors
/// As [`run_file`].
pub fn run<S: Shell + Clone + 'static>(
    desk: &mut Desk<S>,
    text: &'static Text,
    lines: impl BufRead,
    keep_going: bool,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let out = &mut Along(out);
    let (declared, last_paper) = (BTreeMap::new(), None);
    let mut runner = Runner { desk, text, approver: None, age: None, reason: None, declared, last_paper };
    let (mut code, mut awaits) = (0, false);
    for (number, line) in (1_u32..).zip(lines.lines()) {
        let numbered = |cause: io::Error| io::Error::new(cause.kind(), format!("line {number}: {cause}"));
        let line = line.map_err(numbered)?;
        // Some editors begin a file with a mark that nobody sees.
        let line = if number == 1 { line.trim_start_matches('\u{feff}') } else { line.as_str() };
        let read = parse_line(line);
        if read == Ok(Step::Nothing) {
            continue;
        }
        // What the hub was asked for and nobody waited for has failed.
        if std::mem::take(&mut awaits) && !matches!(read, Ok(Step::Wait(_))) {
            code = FAILED;
            if !keep_going {
                break;
            }
        }
        let done = match read {
            Ok(step) => runner.step(step),
            Err(error) => Err(error.words(text)),
        };
        match done {
            Ok(Said { words, paper }) => {
                writeln!(out, "{number}: ok: {words}")?;
                for line in paper.iter().flat_map(|paper| &paper.lines) {
                    writeln!(out, "{}", line.trim_end())?;
                }
            }
            Err(words) if runner.desk.was_asked() => {
                writeln!(out, "{number}: waits: {}", plain(&words))?;
                awaits = true;
            }
            Err(words) => {
                writeln!(out, "{number}: error: {}", plain(&words))?;
                code = FAILED;
                if !keep_going {
                    break;
                }
            }
        }
        // What was committed is sent beside the next step; what there is to tell of it is for a screen.
        drop(runner.desk.sync());
    }
    out.flush()?;
    Ok(if awaits { FAILED } else { code })
}

/// What of a script a terminal would obey is not repeated to it.
fn plain(words: &str) -> String {
    let obeyed = |c: char| c != '\n' && is_unprintable(c);
    words.replace(obeyed, "\u{FFFD}")
}

/// What a step says.
struct Said {
    words: String,
    paper: Option<Paper>,
}

struct Runner<'a, S> {
    desk: &'a mut Desk<S>,
    text: &'static Text,
    /// Who approves the next step.
    approver: Option<Approver>,
    /// How the buyer's age was checked, for the next step.
    age: Option<AgeEvidence>,
    /// Why the step is done.
    reason: Option<String>,
    /// What is declared with the next count.
    declared: BTreeMap<String, Major>,
    last_paper: Option<Paper>,
}

impl<S: Shell + Clone + 'static> Runner<'_, S> {
    fn step(&mut self, step: Step) -> Result<Said, String> {
        match step {
            Step::Approve(credentials) => {
                let words = self.text.fill(Key::ScriptApprover, &[("name", &credentials.user_name)]);
                self.approver = Some(Approver { credentials, reason: None });
                Ok(Said { words, paper: None })
            }
            Step::Because { step, reason } if matches!(*step, Step::Approve(_)) => {
                let said = self.step(*step)?;
                self.approver.iter_mut().for_each(|approver| approver.reason = Some(reason.clone()));
                Ok(said)
            }
            Step::Because { step, reason } => {
                self.reason = Some(reason);
                self.step(*step)
            }
            Step::Age(age) => {
                self.age = Some(age);
                Ok(self.said(Key::ScriptAge))
            }
            other => {
                let done = self.deed(other);
                // All were for this step alone, whatever became of it.
                self.approver = None;
                self.age = None;
                self.reason = None;
                done
            }
        }
    }

    fn deed(&mut self, step: Step) -> Result<Said, String> {
        match step {
            Step::Login(credentials) => match self.desk.run(Effect::LogIn(credentials)) {
                Some(Reply::LoggedIn(Err(refused))) => Err(refused.words),
                _ => Ok(self.said(Key::ScriptLoggedIn)),
            },
            Step::Logout => match self.desk.run(Effect::LogOut) {
                Some(Reply::LoggedOut(Err(words))) => Err(words),
                _ => Ok(self.said(Key::LoggedOut)),
            },
            Step::Wait(seconds) => self.wait(seconds),
            Step::Print(None) => self.print(),
            Step::Print(Some(receipt)) => {
                let document = self.receipt(&receipt)?;
                self.read(Question::Copy(document))
            }
            Step::PrintZ(period) => self.read(Question::ZCopy(period)),
            Step::X => self.read(Question::XReport),
            Step::Declare { amount, name } => {
                let words = self.text.fill(Key::ScriptDeclared, &[("name", &name)]);
                self.declared.insert(name, amount);
                Ok(Said { words, paper: None })
            }
            Step::ReturnWithoutReceipt { code, quantity, state, serials } => {
                self.return_without_receipt(code, quantity, state, serials)
            }
            step => {
                let is_closing = matches!(step, Step::Z { .. });
                // These have their price behind them and no mark to add one by.
                let is_priced = matches!(step, Step::Department { .. } | Step::Price { .. });
                let price_needed =
                    if is_priced { Key::ScriptPriceAboveNothing } else { Key::ScriptPriceNeeded };
                let act = self.act_of(step)?.because(self.reason.take());
                let done = self.act_or_say(act, price_needed)?;
                // A count that was refused is tried again with all of it.
                if is_closing {
                    self.declared.clear();
                }
                Ok(done)
            }
        }
    }

    /// The act of a step that is one act.
    fn act_of(&mut self, step: Step) -> Result<Act, String> {
        Ok(match step {
            Step::Sell { code, quantity, price, serials, counted } => {
                let readings = vec![Reading { quantity, ..Reading::written(&code) }];
                Act::Sell(Sale { price, age: self.age, serials, counted, ..Sale::of(readings) })
            }
            Step::Empties { code, quantity, counted } => {
                let readings = vec![Reading { quantity, ..Reading::of(code) }];
                Act::TakeEmpties(Sale { counted, ..Sale::of(readings) })
            }
            Step::Return { receipt, line, quantity, state, serials } => {
                let restock = state == GoodsState::New;
                let back = ReturnLine { line, quantity, state, restock, reason: None, serials };
                self.take_back(&receipt, back)?
            }
            Step::Customer(code) => Act::AssignCustomer(Some(self.customer(&code)?)),
            Step::Resume(receipt) => Act::Resume(self.suspended(&receipt)?),
            Step::Redeem(points) => Act::Redeem(points),
            Step::Convert(receipt) => {
                let unknown = |_| self.text.fill(Key::NoSuchQuote, &[("number", &receipt)]);
                Act::ConvertQuote {
                    quote: self.receipt(&receipt).map_err(unknown)?,
                    age: self.age,
                    counted: true,
                }
            }
            Step::Z { counted, reason } => {
                let counted = counted.map(|counted| self.money(counted)).transpose()?;
                if counted.is_none() && !self.declared.is_empty() {
                    return Err(self.text.word(Key::CountNeeded).to_owned());
                }
                let declared = self.declared.clone().into_iter();
                let declared = declared.map(|(name, amount)| Ok((name, self.money(amount)?)));
                let declared = declared.collect::<Result<_, String>>()?;
                let declare =
                    |counted| Box::new(Declaration { reason, declared, ..Declaration::amount(counted) });
                Act::ClosePeriod(counted.map(declare))
            }
            // Nobody is there to be asked once more: whoever wrote it says that they looked, or is refused.
            step @ (Step::Cash { counted: true, .. }
            | Step::Quantity { counted: true, .. }
            | Step::Price { counted: true, .. }
            | Step::Repeat(_)) => Act::Counted(self.command_of(step)?),
            other => Act::Command(self.command_of(other)?),
        })
    }

    /// The command of a step that is one command.
    fn command_of(&mut self, step: Step) -> Result<Command, String> {
        Ok(match step {
            Step::Department { no, price } => {
                Command::AddLine(AddLine { age: self.age, ..AddLine::department(no, price) })
            }
            Step::Void(line) => Command::VoidLine { line, reason: None },
            Step::Repeat(line) => Command::RepeatLine { line },
            Step::Quantity { line, quantity, .. } => Command::ChangeQuantity { line, quantity },
            Step::Price { line, price, .. } => Command::OverridePrice { line, price, reason: None },
            Step::Adjust { is_discount, target, value, source } => {
                self.adjust(is_discount, target, value, source)?
            }
            Step::Exempt { kind, certificate, reason } => Command::ExemptTax { reason, kind, certificate },
            Step::Note { kind, text } => {
                let on_receipt = matches!(kind, NoteKind::General | NoteKind::Delivery);
                Command::AddNote { kind, line: None, text, on_receipt }
            }
            Step::Coupon(entered) => Command::EnterCoupon { entered },
            Step::Open(document) => Command::Open(document.0),
            Step::Pay { kind, amount, currency, tip, balance, mut details, is_pending, is_counted } => {
                self.check_due()?;
                details.balance_before = balance.map(|balance| self.money(balance)).transpose()?;
                let take = self.pay(kind, amount, currency)?;
                let take = TakeTender { details: *details, pending: is_pending, counted: is_counted, ..take };
                Command::TakeTender(match tip {
                    Some(tip) => take.with_tip(self.tip(tip)?),
                    None => take,
                })
            }
            Step::VoidTender { tender, reversal } => {
                Command::VoidTender { tender: self.tender(tender)?, reason: None, reversal }
            }
            Step::Answer { tender, approved, authorisation } => {
                Command::ResolveTender { tender: self.waiting(tender)?, approved, authorisation }
            }
            Step::Change => Command::GiveChange,
            Step::Close => Command::Close,
            Step::Suspend(name) => Command::Suspend { name },
            Step::Cancel => Command::Cancel { reason: None },
            Step::Exchange => Command::ExchangeForSale,
            Step::Cash { kind, amount, reason, .. } => {
                Command::MoveCash { kind, amount: self.money(amount)?, reason }
            }
            _ => Command::OpenDrawer { reason: None },
        })
    }

    fn act(&mut self, act: Act) -> Result<Said, String> {
        self.act_or_say(act, Key::ScriptPriceNeeded)
    }

    /// The same with what to say where a price is needed.
    fn act_or_say(&mut self, act: Act, price_needed: Key) -> Result<Said, String> {
        let approver = self.approver.clone();
        match self.desk.run(Effect::Act { act: Box::new(act), approver }) {
            Some(Reply::Acted { result: Ok(outcome), .. }) => Ok(self.done(outcome)),
            Some(Reply::Acted { result: Err(denial), .. }) => Err(self.denied(denial, price_needed)),
            _ => Err(self.text.word(Key::NotLoggedIn).to_owned()),
        }
    }

    fn wait(&mut self, seconds: u32) -> Result<Said, String> {
        let text = self.text;
        let heard = self.desk.wait_for_hub(Duration::from_secs(seconds.into()));
        if heard.map_err(|error| message::error(text, &error))? {
            return Ok(self.said(Key::ScriptHubAnswered));
        }
        Err(text.fill(Key::ScriptHubSilent, &[("seconds", &seconds.to_string())]))
    }

    fn done(&mut self, outcome: Outcome) -> Said {
        let mut words = outcome.message.unwrap_or_default();
        for finished in &outcome.completed {
            if let Some(handed_out) = self.handed_out(finished) {
                words = format!("{words} {handed_out}");
            }
            self.last_paper = Some(finished.receipt.clone());
        }
        if let Some(paper) = &outcome.paper {
            self.last_paper = Some(paper.clone());
        }
        Said { words, paper: outcome.paper }
    }

    fn denied(&self, denial: Denial, price_needed: Key) -> String {
        match denial {
            Denial::ApprovalNeeded(capability) => {
                self.text.fill(Key::ScriptApprovalNeeded, &[("capability", capability.name())])
            }
            Denial::AgeNeeded(age) => self.text.fill(Key::ScriptAgeNeeded, &[("age", &age.to_string())]),
            Denial::PriceNeeded(code) => self.text.fill(price_needed, &[("code", &code)]),
            Denial::PiecesNeeded { name, quantity, .. } => {
                let values = [("quantity", &*quantity.to_string()), ("name", &name)];
                self.text.fill(Key::SerialHint, &values)
            }
            Denial::WeightNeeded { name, .. } => self.text.fill(Key::WeightHint, &[("name", &name)]),
            Denial::CashDoubted(lines) => {
                format!("{} {}", lines.join(" "), self.text.word(Key::ScriptCountedNeeded))
            }
            Denial::Fields(faults) => {
                faults.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(", ")
            }
            Denial::ApprovalRefused(words)
            | Denial::SecretRefused(words)
            | Denial::ReasonNeeded(words)
            | Denial::ReversalNeeded(words)
            | Denial::Said(words) => words,
        }
    }

    /// Asks for paper that whoever sells may read, and nobody else.
    fn read(&mut self, question: Question) -> Result<Said, String> {
        let on_duty = self.desk.till().and_then(|till| till.on_duty());
        let may = on_duty.ok_or_else(|| self.text.word(Key::NotLoggedIn).to_owned())?;
        if !may.capabilities.contains(&Capability::Sell) {
            return Err(self.text.fill(Key::StockNotAllowed, &[("capability", Capability::Sell.name())]));
        }
        self.ask(question)
    }

    fn ask(&mut self, question: Question) -> Result<Said, String> {
        match self.desk.run(Effect::Ask(question)) {
            Some(Reply::Paper(paper)) => {
                self.last_paper = Some(paper.clone());
                Ok(Said { words: paper.title.clone(), paper: Some(paper) })
            }
            Some(Reply::NotFound(words)) => Err(words),
            _ => Err(self.text.word(Key::NotLoggedIn).to_owned()),
        }
    }

    fn print(&mut self) -> Result<Said, String> {
        match self.last_paper.clone() {
            Some(paper) => Ok(Said { words: paper.title.clone(), paper: Some(paper) }),
            None => self.read(Question::LastReceipt),
        }
    }

    fn said(&self, key: Key) -> Said {
        Said { words: self.text.word(key).to_owned(), paper: None }
    }

    fn currency(&mut self) -> Result<Currency, String> {
        let not_there = self.text.word(Key::NotLoggedIn);
        self.desk.till().map(|till| *till.currency()).ok_or_else(|| not_there.to_owned())
    }

    fn show(&mut self, amount: Money) -> String {
        self.currency().map_or_else(|_| String::new(), |currency| currency.show(amount))
    }

    fn adjust(
        &mut self,
        is_discount: bool,
        target: Target,
        value: Value,
        source: Option<AdjustmentSource>,
    ) -> Result<Command, String> {
        let kind = if is_discount { AdjustmentKind::Discount } else { AdjustmentKind::Surcharge };
        let value = match value {
            Value::Percent(percent) => AdjustmentValue::Percent(percent),
            Value::Amount(amount) => AdjustmentValue::Amount(self.money(amount)?),
        };
        let adjust = Adjust { kind, value, reason: None };
        let usual = if is_discount { AdjustmentSource::Manager } else { AdjustmentSource::ServiceCharge };
        let source = source.unwrap_or(usual);
        Ok(match target {
            Target::Line(line) => Command::AdjustLine { line: Some(line), adjust },
            Target::Last => Command::AdjustLine { line: None, adjust },
            Target::Document => Command::AdjustDocument { adjust, source, code: None },
        })
    }
}
