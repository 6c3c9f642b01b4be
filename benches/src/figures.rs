//! Timing and the table that is printed.

use std::time::{Duration, Instant};

/// Times of many runs of one thing.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Runs something `runs` times and keeps each time.
    pub(crate) fn of<E>(runs: usize, mut run: impl FnMut(usize) -> Result<(), E>) -> Result<Self, E> {
        let mut times = Self(Vec::with_capacity(runs));
        for at in 0..runs {
            times.measure(|| run(at))?;
        }
        Ok(times)
    }

    /// No times yet.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Runs something once and keeps its time.
    pub(crate) fn measure<T, E>(&mut self, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let start = now();
        let answer = run()?;
        self.0.push(start.elapsed());
        Ok(answer)
    }

    /// The time that so many of a hundred runs stay within.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// The median.
    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where benches read a clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// `part / whole` as text with two digits.
pub(crate) fn ratio(part: Duration, whole: Duration) -> String {
    let thousandths = part.as_nanos() * 1_000 / whole.as_nanos().max(1);
    format!("{}.{:02}", thousandths / 1_000, thousandths % 1_000 / 10)
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

/// One row of the table: what, what was measured, the budget where there is one.
pub(crate) fn row(what: &str, measured: &str, budget: &str) {
    let dots = ".".repeat(64_usize.saturating_sub(what.chars().count()));
    println!("{what} {dots} {measured:<28} {budget}");
}
