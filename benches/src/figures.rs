//! Times, ratios, and the table that is printed.

use std::{
    fmt,
    time::{Duration, Instant},
};

/// Times of many runs of one thing.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Runs something `runs` times and keeps each time.
    pub(crate) fn of<E>(runs: usize, mut run: impl FnMut(usize) -> Result<(), E>) -> Result<Self, E> {
        let mut times = Self::default();
        for at in 0..runs {
            times.measure(|| run(at))?;
        }
        Ok(times)
    }

    /// Runs something once and keeps its time.
    pub(crate) fn measure<T, E>(&mut self, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let start = now();
        let answer = run()?;
        self.0.push(start.elapsed());
        Ok(answer)
    }

    /// Keeps a time that was taken elsewhere.
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that so many of a hundred runs stay within.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// The time taken last.
    pub(crate) fn last(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }

    /// The median.
    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// All together.
    pub(crate) fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

/// How one thing compares with another, a ratio each round, in thousandths.
#[derive(Default)]
pub(crate) struct Ratios(Vec<u128>);

impl Ratios {
    /// Keeps `part / whole` of a round.
    pub(crate) fn push(&mut self, part: u128, whole: u128) {
        self.0.push(part * 1_000 / whole.max(1));
    }

    /// Keeps the ratio of two times of a round.
    pub(crate) fn push_times(&mut self, part: Duration, whole: Duration) {
        self.push(part.as_nanos(), whole.as_nanos());
    }

    /// The median, in thousandths.
    pub(crate) fn median(&self) -> u128 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

impl fmt::Display for Ratios {
    /// The median, then the lowest and the highest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |thousandths: u128| format!("{}.{:02}", thousandths / 1_000, thousandths % 1_000 / 10);
        let lowest = self.0.iter().min().copied().unwrap_or_default();
        let highest = self.0.iter().max().copied().unwrap_or_default();
        write!(f, "{} ({}–{})", show(self.median()), show(lowest), show(highest))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where benches read a clock")]
fn now() -> Instant {
    Instant::now()
}

/// The median of numbers; none of none.
pub(crate) fn median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// A duration in the unit that suits its size.
pub(crate) fn show(time: Duration) -> String {
    let ns = time.as_nanos();
    let (unit, scale) = match ns {
        0..10_000 => return format!("{ns} ns"),
        10_000..10_000_000 => ("µs", 1_000),
        _ => ("ms", 1_000_000),
    };
    let tenths = ns * 10 / scale;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A number of bytes in KB or MB.
pub(crate) fn show_bytes(bytes: u64) -> String {
    let (unit, scale) = if bytes < 10_000_000 { ("KB", 1_000) } else { ("MB", 1_000_000) };
    let tenths = bytes * 10 / scale;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A whole number with its thousands set apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A heading of the table: which measurements follow and how they were taken.
pub(crate) fn heading(what: &str) {
    println!("\n{what}");
}

/// One row: what, and what was measured.
pub(crate) fn row(what: &str, measured: &str) {
    println!("  {}{measured}", padded(what));
}

/// One row with its budget, and whether it holds.
pub(crate) fn judged(what: &str, measured: &str, budget: &str, holds: bool) {
    let verdict = if holds { "holds" } else { "MISSED" };
    println!("  {}{measured:<36} {budget}: {verdict}", padded(what));
}

fn padded(what: &str) -> String {
    format!("{what:<58}")
}
