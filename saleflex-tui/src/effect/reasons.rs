//! Why something is done: one place that knows of which acts a reason is kept, and where.

use saleflex_core::{closure::Declaration, document::ReturnLine};

use super::{Act, Counted, Sale, SyncAct};

impl Act {
    /// The same, done for a reason; as it is where nothing is said, or no reason is kept of it.
    #[must_use]
    pub fn because(self, why: Option<String>) -> Self {
        if why.is_none() {
            return self;
        }
        match self {
            Self::Command(command) => Self::Command(command.because(why)),
            Self::Counted(command) => Self::Counted(command.because(why)),
            Self::Sell(sale) => Self::Sell(Sale { reason: why, ..sale }),
            Self::CancelSuspended { document, .. } => Self::CancelSuspended { document, reason: why },
            Self::TakeBack { sale, lines } => {
                let because = |line| ReturnLine { reason: why.clone(), ..line };
                Self::TakeBack { sale, lines: lines.into_iter().map(because).collect() }
            }
            Self::Sync(SyncAct::WriteOff { no, .. }) => {
                Self::Sync(SyncAct::WriteOff { no, reason: why.unwrap_or_default() })
            }
            Self::ClosePeriod(Some(counted)) => {
                Self::ClosePeriod(Some(Box::new(Declaration { reason: why, ..*counted })))
            }
            Self::CountDrawer(counted) => {
                let declaration = Declaration { reason: why, ..counted.declaration.clone() };
                Self::CountDrawer(Box::new(Counted { declaration, ..*counted }))
            }
            other => other,
        }
    }
}
