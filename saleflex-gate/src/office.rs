//! The wire of the older terminals: what they send, what they are answered, exactly as they expect it.
//!
//! | module | what it does |
//! |---|---|
//! | [`envelope`] | reads a body that may be anything |
//! | [`content`] | tells whether two bodies say the same |
//! | [`intake`] | documents, closures and movements, each on its own, each once |
//! | [`counting`] | what they count in, and what their uses of offers are held to |
//! | [`effects`] | what a document does beside: stock, points, uses of offers |
//! | [`movements`] | what a movement of goods does that came by itself |
//! | [`told`] | what a use of an offer, or a movement of points does that came by itself |
//! | [`twice`] | points of a document that it says and rows tell too |
//! | [`seed`] | the whole of a store's data: taken from another hub, given to a terminal |
//! | [`given`] | what a terminal asks of a store and nobody made |
//! | [`kept`] | what of it is the company's own from then on |
//! | [`used`] | how often campaigns and coupons were used, as a terminal is told it |
//! | [`columns`] | a row with all of its columns |
//!
//! **Invariants:** a completed sale is never refused for what it says, only for having no identity; a bad item never
//! undoes its neighbours; whatever is repeated, the answer is the same and the books do not change.

mod columns;
pub(crate) mod content;
pub(crate) mod counting;
pub(crate) mod effects;
pub(crate) mod envelope;
mod given;
pub(crate) mod intake;
pub(crate) mod kept;
mod movements;
pub(crate) mod seed;
mod told;
mod twice;
mod used;
