//! A scanner that is read by a thread of its own, so that nobody waits for it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use saleflex_core::catalog::barcode::check_digit;

use super::{Gs1, Scan, Scanner};
use crate::{
    device::Trouble,
    entry::{BATCH, SERIAL},
};

/// A scanner and the thread that reads it.
pub struct ListeningScanner {
    scans: Receiver<Scan>,
    trouble: Arc<Mutex<Option<Trouble>>>,
    // The thread ends when this is dropped.
    _stop: Sender<()>,
}

impl ListeningScanner {
    /// Reads a scanner from now on; one that is gone is looked for again after `pause`.
    pub fn start(mut scanner: Box<dyn Scanner>, pause: Duration) -> Self {
        let (send, scans) = mpsc::channel();
        let (stop, stopped) = mpsc::channel::<()>();
        let trouble = Arc::new(Mutex::new(None));
        let noted = Arc::clone(&trouble);
        thread::spawn(move || {
            let mut wait = Duration::ZERO;
            // Nothing is ever sent: what is waited for is the end.
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let read = scanner.read();
                wait = if read.is_err() { pause } else { Duration::ZERO };
                let (scan, now) = match read {
                    Ok(scan) => (scan, None),
                    Err(trouble) => (None, Some(trouble)),
                };
                let before =
                    std::mem::replace(&mut *noted.lock().unwrap_or_else(PoisonError::into_inner), now);
                if before != now {
                    tracing::warn!(
                        trouble = now.as_ref().map(|trouble| crate::log::variant(trouble)),
                        "scanner"
                    );
                }
                if scan.is_some_and(|scan| send.send(scan).is_err()) {
                    return;
                }
            }
        });
        Self { scans, trouble, _stop: stop }
    }

    /// The codes that were read since the last call, as they are typed: `3*4006381333931` of a label that says how many.
    pub fn codes(&self) -> Vec<String> {
        self.scans.try_iter().map(|scan| entered(&scan)).collect()
    }

    /// What keeps it from reading.
    pub fn trouble(&self) -> Option<Trouble> {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ListeningScanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListeningScanner").field("trouble", &self.trouble()).finish_non_exhaustive()
    }
}

/// A scan as it is looked up. Of GS1 elements the product, its weight or count, its price and its last good day are
/// taken; what else it says of the goods stands behind them.
fn entered(scan: &Scan) -> String {
    let gs1 = scan.is_gs1().then(|| Gs1::parse(&scan.code).ok()).flatten();
    let Some(Gs1 { gtin: Some(gtin), weight_kg, count, expiry, best_before, price, lot, serial, others }) =
        gs1
    else {
        return scan.code.clone();
    };
    // A number of 13 digits stands in 14 with a nought before it.
    let code = gtin.strip_prefix('0').unwrap_or(&gtin);
    let mut entered = match (weight_kg, count) {
        (Some(weight), _) => format!("{}*{code}", weight.normalize()),
        (None, Some(count)) => format!("{count}*{code}"),
        (None, None) => code.to_owned(),
    };
    if let Some(price) = price {
        entered = format!("{entered}={price}");
    }
    if let Some(last_day) = expiry.or(best_before) {
        entered = format!("{entered}@{last_day}");
    }
    let named = |identifier: &str, value: Option<String>| value.map(|value| (identifier.to_owned(), value));
    for (identifier, value) in others.into_iter().chain(named(BATCH, lot)).chain(named(SERIAL, serial)) {
        entered = format!("{entered}|{identifier}:{value}");
    }
    entered
}

/// How the separator of GS1 stands where a code is typed and it can be no character of its own.
pub(crate) const WRITTEN_SEPARATOR: &str = "^]";
/// How scanners that type write it.
const SEPARATORS: [&str; 5] = ["<GS>", "{GS}", "[GS]", "\\F", WRITTEN_SEPARATOR];

/// The code of a scanner that types, as it is looked up: what kind of code it is (`]C1`) and the separators between GS1
/// elements come as text. Elements without either are known by the number they begin with, whose check digit fits.
pub fn entered_by_keys(code: &str) -> String {
    let mut whole = code.to_owned();
    for written in SEPARATORS {
        whole = whole.replace(written, "\u{1d}");
    }
    let (symbology, rest) = match whole.split_at_checked(3) {
        Some((symbology, rest)) if symbology.starts_with(']') && !rest.is_empty() => {
            (Some(symbology.to_owned()), rest)
        }
        _ => (None, whole.as_str()),
    };
    let scan = Scan { symbology, code: rest.trim_start_matches('\u{1d}').to_owned() };
    if scan.symbology.is_none() && holds_elements(&scan.code) {
        return entered(&Scan { symbology: Some("]C1".to_owned()), ..scan });
    }
    entered(&scan)
}

/// Whether a code without a word of what it is holds GS1 elements: it begins with a whole trade item and goes on.
fn holds_elements(code: &str) -> bool {
    /// The identifier and the fourteen digits behind it.
    const ITEM: usize = 16;
    let item = code.get(2..ITEM).filter(|_| code.starts_with("01") && code.len() > ITEM);
    let fits = |gtin: &str| {
        let (number, check) = gtin.split_at_checked(ITEM - 3)?;
        Some(check_digit(number)?.to_string() == check)
    };
    item.and_then(fits).unwrap_or(false) && Gs1::parse(code).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(symbology: Option<&str>, code: &str) -> Scan {
        Scan { symbology: symbology.map(str::to_owned), code: code.to_owned() }
    }

    #[test]
    fn a_label_with_gs1_elements_sells_its_product_by_its_weight_or_count() {
        assert_eq!(entered(&scan(Some("]E0"), "4006381333931")), "4006381333931");
        assert_eq!(entered(&scan(Some("]C1"), "0104006381333931")), "4006381333931");
        assert_eq!(entered(&scan(Some("]C1"), "01040063813339313103001250")), "1.25*4006381333931");
        assert_eq!(entered(&scan(Some("]Q3"), "01040063813339313012")), "12*4006381333931");
        assert_eq!(entered(&scan(Some("]C1"), "99")), "99");
        let dated = "010400638133393117261130";
        assert_eq!(entered(&scan(Some("]d2"), dated)), "4006381333931@2026-11-30");
        let weighed = "0104006381333931310300125015261130";
        assert_eq!(entered(&scan(Some("]C1"), weighed)), "1.25*4006381333931@2026-11-30");
    }

    #[test]
    fn a_label_with_gs1_elements_says_what_it_costs_and_nothing_of_it_is_lost() {
        assert_eq!(entered(&scan(Some("]C1"), "010400638133393139220734")), "4006381333931=7.34");
        let whole = "010400638133393131030012503922000734\u{1d}1726113010LOT7\u{1d}21S1";
        assert_eq!(entered(&scan(Some("]C1"), whole)), "1.25*4006381333931=7.34@2026-11-30|10:LOT7|21:S1");
        // Of a weight in pounds nobody makes one kilogram.
        assert_eq!(entered(&scan(Some("]C1"), "01040063813339313202000123")), "4006381333931|3202:000123");
    }

    #[test]
    fn a_scanner_that_types_writes_kinds_and_separators_as_text() {
        for (typed, looked_up) in [
            ("]E04006381333931", "4006381333931"),
            ("]C101040063813339313103001250", "1.25*4006381333931"),
            ("0104006381333931310300125010LOT7", "1.25*4006381333931|10:LOT7"),
            ("010400638133393110LOT7<GS>3012", "12*4006381333931|10:LOT7"),
            ("]d2010400638133393110LOT7\u{1d}3012", "12*4006381333931|10:LOT7"),
            // What only looks like it stays as it is.
            ("0104006381333932310300125", "0104006381333932310300125"),
            ("4006381333931", "4006381333931"),
            ("]", "]"),
        ] {
            assert_eq!(entered_by_keys(typed), looked_up, "{typed}");
        }
    }

    /// Reads what it was given, then is gone.
    struct Given(Vec<Result<Option<Scan>, Trouble>>);

    impl Scanner for Given {
        fn read(&mut self) -> Result<Option<Scan>, Trouble> {
            self.0.pop().unwrap_or(Err(Trouble::CutOff))
        }
    }

    #[test]
    fn codes_come_in_their_order_and_a_scanner_that_is_gone_is_told() {
        let reads = vec![Ok(Some(scan(None, "2"))), Ok(None), Ok(Some(scan(None, "1")))];
        let listening = ListeningScanner::start(Box::new(Given(reads)), Duration::from_secs(60));
        // The thread ends reading with the trouble, after both codes.
        let first = listening.scans.recv_timeout(Duration::from_secs(10)).unwrap();
        let second = listening.scans.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!([first.code, second.code], ["1", "2"]);
        let told = (0..1_000_000).find_map(|_| {
            thread::yield_now();
            listening.trouble()
        });
        assert_eq!(told, Some(Trouble::CutOff));
    }
}
