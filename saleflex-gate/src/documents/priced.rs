//! By which rules documents were priced.

use saleflex_core::{campaign, document::ENGINE_VERSION, journal::Entry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// By which rules a document was priced. Where they are others than this hub's it is not derived anew (`not_rederived`), or not
/// judged anew by campaigns (`not_rejudged`).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct PricedBy {
    /// The version of the rules of lines, discounts, taxes and totals.
    pub(crate) rules: u32,
    /// The version of those rules at this hub.
    pub(crate) rules_here: u32,
    /// The version of the campaign engine; none where no campaigns judged it.
    #[schema(example = "5")]
    pub(crate) campaign_engine: Option<String>,
    /// The version of that engine at this hub.
    #[schema(example = "5")]
    pub(crate) campaign_engine_here: String,
}

impl PricedBy {
    /// What an event says of a document that it finished.
    pub(super) fn of(entry: &Entry, id: Uuid) -> Option<Self> {
        let sale = entry.effects.completed.iter().find(|sale| sale.document().id.uuid() == id)?;
        let pricing = sale.pricing();
        Some(Self {
            rules: pricing.engine_version,
            rules_here: ENGINE_VERSION,
            campaign_engine: pricing.campaign_engine.clone(),
            campaign_engine_here: campaign::ENGINE_VERSION.to_owned(),
        })
    }
}
