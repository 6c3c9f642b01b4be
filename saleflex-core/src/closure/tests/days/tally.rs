//! Facts of a day counted by hand, document by document, beside what its report says of them.

use alloc::collections::BTreeMap;

use super::{super::*, Paper, day, fold, mode, plans};

/// What a day has of each kind of fact, counted without the figures that reports are folded from.
#[derive(Debug, Default, Eq, PartialEq)]
struct Tally {
    /// Documents without tax and what they came to, returns against sales.
    exempt: BTreeMap<ExemptionKind, (u64, Money)>,
    /// Lines without tax and what they came to.
    exempt_lines: (u64, Money),
    /// Containers charged for and paid out, and their deposits.
    charged: (u64, Money),
    paid_out: (u64, Money),
    /// Prices overridden, tenders taken back and those paid back.
    corrections: BTreeMap<CashierId, u64>,
    /// Documents of known customers and what they came to.
    customers: (u64, Money),
    /// Tenders by kind: how many, what was taken or paid out, its change.
    tenders: BTreeMap<TenderKind, (u64, Money, Money)>,
    /// Foreign notes, in their own minor units.
    notes: BTreeMap<CurrencyKey, Money>,
    /// Tips by how they came and by what they came with.
    tips: BTreeMap<(TipKind, TenderKind), Money>,
}

/// Whether a document's goods count, and which way.
fn sign(paper: &Paper) -> Option<fn(Money) -> Money> {
    let Paper::Completed(completed) = paper else { return None };
    let document = completed.document();
    match document.kind {
        Kind::Return => Some(|amount| -amount),
        Kind::Purchase | Kind::CashMovement | Kind::Quote => None,
        Kind::Sale | Kind::Order | Kind::Layaway if document.document_type.is_delivery() => None,
        Kind::Sale | Kind::Order | Kind::Layaway => Some(|amount| amount),
    }
}

impl Tally {
    fn of(papers: &[Paper]) -> Self {
        let mut tally = Self::default();
        for paper in papers {
            let document = paper.document();
            if document.training || document.kind == Kind::Quote {
                continue;
            }
            if let Some(signed) = sign(paper) {
                tally.count_goods(document, signed);
            }
            if !matches!(paper, Paper::Parked(_)) {
                tally.count_corrections(document);
            }
            tally.count_tenders(document);
        }
        tally
    }

    fn count_goods(&mut self, document: &Document, signed: fn(Money) -> Money) {
        let due = signed(document.totals.net_due);
        if let Some(exemption) = &document.exemption {
            let row = self.exempt.entry(ExemptionKind::of(exemption)).or_default();
            *row = (row.0 + 1, row.1 + due);
        }
        if document.customer.is_some() {
            self.customers = (self.customers.0 + 1, self.customers.1 + due);
        }
        for line in document.lines.iter().filter(|line| line.void.is_none()) {
            if document.exemption.is_some() {
                self.exempt_lines = (self.exempt_lines.0 + 1, self.exempt_lines.1 + signed(line.value()));
            }
            if line.item.is_container {
                let pieces: u64 = line.quantity.to_string().parse().unwrap();
                let way = if document.kind == Kind::Return { &mut self.paid_out } else { &mut self.charged };
                *way = (way.0 + pieces, way.1 + line.total);
            }
        }
    }

    fn count_corrections(&mut self, document: &Document) {
        let overridden = document.lines.iter().filter_map(|line| line.price_override.as_ref());
        let taken_back = document.tenders.iter().filter_map(|tender| tender.void.as_ref());
        let words = overridden.map(|it| it.authority).chain(taken_back.map(|it| it.authority));
        words.for_each(|word| *self.corrections.entry(word.cashier).or_default() += 1);
        for tender in &document.tenders {
            if tender.void.is_none() && tender.refunds.is_some_and(|(of, _)| of == document.id) {
                *self.corrections.entry(tender.taken_by).or_default() += 1;
            }
        }
    }

    fn count_tenders(&mut self, document: &Document) {
        for tender in document
            .tenders
            .iter()
            .filter(|it| it.void.is_none() && !it.sets_off && it.closure == ClosureNumber(7))
        {
            let way = |amount: Money| if tender.direction == Direction::In { amount } else { -amount };
            let row = self.tenders.entry(tender.kind).or_default();
            // Cash that is paid back goes out less the change that it gave.
            let is_paid_back = tender.direction == Direction::Out && tender.kind == TenderKind::Cash;
            let (amount, change) = if is_paid_back {
                (tender.amount - tender.change, Money::ZERO)
            } else {
                (tender.amount, tender.change)
            };
            *row = (row.0 + 1, row.1 + way(amount), row.2 + way(change));
            if let Some(foreign) = &tender.foreign {
                let key = CurrencyKey { currency: foreign.currency.code(), rate: Some(foreign.rate) };
                *self.notes.entry(key).or_default() += way(foreign.amount);
            }
            if let Some(tip) = tender.tip {
                *self.tips.entry((tip.kind, tender.kind)).or_default() += way(tip.amount);
            }
        }
    }

    /// Tips by one half of what they are kept by.
    fn tips_by<K: Ord>(&self, key: fn(&(TipKind, TenderKind)) -> K) -> BTreeMap<K, Money> {
        let mut sums = BTreeMap::new();
        for (kinds, amount) in &self.tips {
            *sums.entry(key(kinds)).or_insert(Money::ZERO) += *amount;
        }
        sums
    }
}

/// Which of the facts a day has.
fn facts(tally: &Tally) -> [(&'static str, bool); 12] {
    [
        ("exemptions", tally.exempt.values().any(|(documents, _)| *documents > 1)),
        ("two reasons for one", tally.exempt.len() > 1),
        ("containers charged for", tally.charged.0 > 0),
        ("containers paid out", tally.paid_out.0 > 0),
        ("corrections", tally.corrections.values().any(|count| *count > 1)),
        ("customers", tally.customers.0 > 1),
        ("several kinds of tender", tally.tenders.len() > 3),
        ("foreign notes", !tally.notes.is_empty()),
        ("a currency at two rates", {
            let euros = currency("EUR").code();
            tally.notes.keys().filter(|key| key.currency == euros).count() > 1
        }),
        ("tips in cash", tally.tips.keys().any(|(kind, _)| *kind == TipKind::Cash)),
        ("tips by card", tally.tips.keys().any(|(kind, _)| *kind == TipKind::Card)),
        ("tips by rule", tally.tips.keys().any(|(kind, _)| *kind == TipKind::AutoGratuity)),
    ]
}

#[test]
fn random_days_have_every_kind_of_fact() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let days = (0..48).map(|_| plans().new_tree(&mut runner).unwrap().current());
    let tallies: Vec<Tally> = days.map(|plans| Tally::of(&day(&plans, TaxMode::Inclusive))).collect();
    for at in 0..facts(&tallies[0]).len() {
        let (fact, _) = facts(&tallies[0])[at];
        assert!(tallies.iter().any(|tally| facts(tally)[at].1), "no day has {fact}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_report_has_each_fact_of_its_documents_once(plans in plans(), mode in mode()) {
        let papers = day(&plans, mode);
        let (report, tally) = (fold(&papers), Tally::of(&papers));

        let exemptions = report.exemptions.iter().map(|(kind, row)| (*kind, (row.documents, row.amount)));
        prop_assert_eq!(exemptions.collect::<BTreeMap<_, _>>(), tally.exempt.clone());
        let exempt = report.taxes.values().fold((0, Money::ZERO), |sum, row| {
            (sum.0 + row.exempt_entries, sum.1 + row.exempt)
        });
        prop_assert_eq!(exempt, tally.exempt_lines);
        let containers = &report.containers;
        prop_assert_eq!((containers.charged_count, containers.charged), tally.charged);
        prop_assert_eq!((containers.paid_out_count, containers.paid_out), tally.paid_out);
        let corrections = report.cashiers.iter().map(|(who, row)| (*who, row.corrections));
        let corrections: BTreeMap<_, _> = corrections.filter(|(_, count)| *count > 0).collect();
        prop_assert_eq!(corrections, tally.corrections.clone());
        prop_assert_eq!((report.customers.documents, report.customers.amount), tally.customers);
        let tenders = report.tenders.iter().map(|(kind, row)| (*kind, (row.count, row.tendered - row.refunds, row.change)));
        prop_assert_eq!(tenders.collect::<BTreeMap<_, _>>(), tally.tenders.clone());
        let notes = report.currencies.iter().filter(|(key, _)| key.rate.is_some());
        prop_assert_eq!(notes.map(|(key, row)| (*key, row.amount)).collect::<BTreeMap<_, _>>(), tally.notes.clone());
        let tips = report.tips_by_tender.iter().map(|(kind, row)| (*kind, row.total));
        prop_assert_eq!(tips.collect::<BTreeMap<_, _>>(), tally.tips_by(|(_, tender)| *tender));
        let ways = report.tip_kinds.iter().map(|(kind, row)| (*kind, row.total));
        prop_assert_eq!(ways.collect::<BTreeMap<_, _>>(), tally.tips_by(|(way, _)| *way));
        prop_assert_eq!(report.tips, tally.tips.values().copied().sum::<Money>());
    }
}
