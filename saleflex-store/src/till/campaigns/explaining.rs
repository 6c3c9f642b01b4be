//! Why campaigns give what they give: on the open document, and on one that is only tried out.

use std::{collections::BTreeMap, sync::Arc};

use saleflex_core::{
    campaign::{CampaignSet, CartSnapshot, SchemaVersion, Shopper, Verdict},
    cashier::{OnDuty, Role},
    checkout::{self, Advice, CartFacts, Explanation, ProductTraits},
    document::{
        AddLine, AgeEvidence, Command, Document, Draft, Facts, IntendedTender, NewDocument, Refusal, State,
        TakeTender,
    },
    ids::{CashierId, CustomerId, DocumentId, ProductId, TenderNo},
    loyalty::Membership,
    money::Money,
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

use super::{super::Till, coupons_of};
use crate::{
    error::Error,
    goods::campaigns::{Cheapest, InForce, Judged, Shelf},
    people::{customer, segments},
};

/// What campaigns make of a document.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The campaigns it was judged by.
    pub campaigns: Arc<CampaignSet>,
    /// The document that was judged.
    pub document: Document,
    /// When it was judged: days and hours of campaigns are asked by it.
    pub moment: Moment,
    /// The buyer, as campaigns see them; nobody for a walk-in.
    pub shopper: Option<Shopper>,
    /// How much more another choice of campaigns could give at most, where the best one is searched for and was not
    /// proved within the effort; nothing where it was, and where campaigns go by priority.
    pub gap: Money,
    /// One verdict for each campaign, in the order of the set.
    pub verdicts: Vec<Verdict>,
    /// What a few more pieces would bring.
    pub advice: Vec<Advice>,
}

/// When an explanation was asked for: the end of the journal and the minute.
pub(in crate::till) type Asked = (i64, i64);

/// A basket to try campaigns out on.
#[derive(Clone, Debug, Default)]
pub struct Basket {
    /// The things in it, as they would be entered.
    pub lines: Vec<AddLine>,
    /// The customer who would buy; nobody for a walk-in.
    pub customer: Option<CustomerId>,
    /// The coupons handed in.
    pub coupons: Vec<String>,
    /// How all of it is to be paid.
    pub tender: Option<TenderKind>,
}

/// Nobody: what is tried out is nobody's sale.
pub(super) const NOBODY: CashierId = CashierId::new(Uuid::nil());

/// Why campaigns give what they give.
impl Till {
    /// What campaigns make of the open document; nothing where none is open, there is no campaign, or it is one that
    /// [bears none](saleflex_core::document::Kind::bears_campaigns).
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn explain(&mut self) -> Result<Option<Explained>, Error> {
        self.explained(true)
    }

    /// The same without the verdicts: only what a few more pieces would bring.
    ///
    /// # Errors
    /// As [`Till::explain`].
    pub fn advise(&mut self) -> Result<Option<Explained>, Error> {
        self.explained(false)
    }

    fn explained(&mut self, with_verdicts: bool) -> Result<Option<Explained>, Error> {
        let moment = self.shell.now();
        // Windows open and close by the second, but nobody reads advice so closely.
        let asked = (self.head.seq, moment.instant.timestamp() / 60);
        let known = self.explained.as_ref().filter(|(known, ..)| *known == asked);
        if let Some((_, explained, _)) = known.filter(|(_, _, has_verdicts)| *has_verdicts || !with_verdicts)
        {
            return Ok(Some(explained.clone()));
        }
        let advised = known.map(|(_, explained, _)| explained.advice.clone());
        let Some(judged) = self.judge_open(moment)? else { return Ok(None) };
        let Some(open) = &self.open else { return Ok(None) };
        let (facts, document) = (self.in_force.facts(&judged, moment), open.draft.document());
        let Explanation { verdicts, gap } =
            if with_verdicts { facts.explain(document, None) } else { Explanation::default() };
        let advice =
            advised.unwrap_or_else(|| facts.advise(document, &self.shelf(moment, &self.in_force.cheapest)));
        let shopper = facts.shopper.clone();
        let (campaigns, document) = (judged.set.clone(), document.clone());
        let explained = Explained { campaigns, document, moment, shopper, gap, verdicts, advice };
        self.explained = Some((asked, explained.clone(), with_verdicts));
        Ok(Some(explained))
    }

    /// What campaigns would make of the open document, were all that is left of it paid in one way.
    ///
    /// # Errors
    /// As [`Till::explain`].
    pub fn explain_paid_by(&mut self, kind: TenderKind) -> Result<Option<Explained>, Error> {
        let moment = self.shell.now();
        let Some(judged) = self.judge_open(moment)? else { return Ok(None) };
        let Some(open) = &self.open else { return Ok(None) };
        let (facts, document) = (self.in_force.facts(&judged, moment), open.draft.document());
        let no = document.tenders.iter().map(|tender| tender.no.0).max().unwrap_or(0).saturating_add(1);
        let intended = IntendedTender { no: TenderNo(no), kind, amount: document.balance() };
        let Explanation { verdicts, gap } = facts.explain(document, Some(intended));
        let shopper = facts.shopper.clone();
        let (campaigns, document) = (judged.set.clone(), document.clone());
        Ok(Some(Explained { campaigns, document, moment, shopper, gap, verdicts, advice: Vec::new() }))
    }

    /// What campaigns would make of a basket at a moment. Nothing is sold and nothing is counted.
    ///
    /// # Errors
    /// As [`Till::execute`] for what would be refused.
    pub fn try_out(&self, basket: &Basket, moment: Moment) -> Result<Explained, Error> {
        let in_force = InForce::load(self.connection(), self.campaigns().rule())?;
        let mut trial = Attempt { till: self, in_force, moment, draft: None };
        for line in &basket.lines {
            let age = line.age.or(Some(AgeEvidence::Looked));
            trial.run(&Command::AddLine(AddLine { age, ..line.clone() }), None)?;
        }
        if basket.customer.is_some() {
            trial.run(&Command::AssignCustomer, basket.customer)?;
        }
        for entered in &basket.coupons {
            trial.run(&Command::EnterCoupon { entered: entered.clone() }, basket.customer)?;
        }
        trial.explain(basket)
    }

    /// The open document as other campaign engines get it; none where none is open.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn cart_snapshot(&mut self, version: SchemaVersion) -> Result<Option<CartSnapshot>, Error> {
        let moment = self.shell.now();
        let Some(open) = &self.open else { return Ok(None) };
        self.cart(open.draft.document(), &open.campaigns, moment, version).map(Some)
    }

    /// A document that campaigns judged, as other campaign engines get it.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn snapshot_of(&self, judged: &Explained, version: SchemaVersion) -> Result<CartSnapshot, Error> {
        self.cart(&judged.document, &judged.campaigns, judged.moment, version)
    }

    /// A document as other campaign engines get it, and how the set that judges it is chosen from: that of the
    /// document, whatever the till's next one will be judged by.
    fn cart(
        &self,
        document: &Document,
        campaigns: &CampaignSet,
        moment: Moment,
        version: SchemaVersion,
    ) -> Result<CartSnapshot, Error> {
        let products = document.lines.iter().filter_map(|line| line.item.product);
        let traits: BTreeMap<ProductId, ProductTraits> = products
            .map(|product| (product, crate::goods::campaigns::traits_of(&self.catalog, product)))
            .collect();
        let terminal = self.identity.terminal_code.parse().ok();
        let rosters = document.customer.map(|customer| segments::roster(self.connection(), customer));
        let segments = rosters.transpose()?.map(|roster| roster.active_codes(&self.segments));
        let members = document.customer.map(|customer| self.membership(customer));
        let member = members.transpose()?.flatten().filter(Membership::is_active);
        let member = member.map(|member| member.customer);
        let facts = CartFacts { terminal, member, segment_codes: segments.unwrap_or_default() };
        let cart = checkout::cart_snapshot(document, moment, facts, |id| traits.get(&id), version);
        Ok(CartSnapshot { campaign_resolution: campaigns.rule(), ..cart })
    }

    /// The goods that may be advised at a moment, at the prices they are sold at then.
    fn shelf<'a>(&'a self, moment: Moment, cheapest: &'a Cheapest) -> Shelf<'a> {
        let (catalog, currency) = (&self.catalog, &self.identity.currency);
        Shelf { catalog, currency, on: moment.business_date, cheapest }
    }

    /// What the open document is judged by; nothing where campaigns have no say in it.
    pub(super) fn judge_open(&mut self, moment: Moment) -> Result<Option<Judged>, Error> {
        let Some(open) = &self.open else { return Ok(None) };
        let (document, set) = (open.draft.document(), open.campaigns.clone());
        if set.is_empty() || !document.kind.bears_campaigns(document.document_type) {
            return Ok(None);
        }
        let customer = document.customer;
        let mut coupons = coupons_of(self.connection(), Some(document), None)?;
        let products: Vec<ProductId> = document.active_lines().filter_map(|line| line.item.product).collect();
        self.know(products, moment, customer)?;
        let lent = self.lent(&set, (&mut coupons, None), moment.instant)?;
        Ok(Some(Judged { set, customer, coupons, lent }))
    }
}

/// A document that is only tried out.
struct Attempt<'a> {
    till: &'a Till,
    in_force: InForce,
    moment: Moment,
    draft: Option<Draft>,
}

impl Attempt<'_> {
    fn document(&self) -> Option<&Document> {
        self.draft.as_ref().map(Draft::document)
    }

    fn judge(
        &mut self,
        item: Option<ProductId>,
        customer: Option<CustomerId>,
        entered: Option<&str>,
    ) -> Result<Judged, Error> {
        let connection = self.till.connection();
        let mut coupons = coupons_of(connection, self.document(), entered)?;
        let lines = self.document().into_iter().flat_map(Document::active_lines);
        let products: Vec<ProductId> = lines.filter_map(|line| line.item.product).chain(item).collect();
        self.in_force.know(products, &self.till.catalog);
        let shopper = customer.map(|customer| self.till.shopper(customer)).transpose()?.flatten();
        self.in_force.read(connection, self.moment, customer, shopper)?;
        let set = self.in_force.set().clone();
        let bound = (&mut coupons, entered);
        let lent = self.till.lent_to_trial(&mut self.in_force, &set, bound, self.moment.instant)?;
        Ok(Judged { set, customer, coupons, lent })
    }

    /// What every command on the trial needs.
    fn facts<'b>(&'b self, cashier: &'b OnDuty) -> Facts<'b> {
        let next = NewDocument { id: DocumentId::new(Uuid::nil()), receipt: 1 };
        Facts::new(self.moment, cashier, &self.till.settings.policy, self.till.facts(), next)
    }

    /// Carries a command out on the trial alone.
    fn run(&mut self, command: &Command, customer: Option<CustomerId>) -> Result<(), Error> {
        let till = self.till;
        let item =
            if let Command::AddLine(add) = command { Some(till.find_item(add, self.moment)?) } else { None };
        let product = item.as_ref().and_then(|item| item.product);
        let mut levels = Vec::new();
        if let Some(product) = product {
            let free = till.free_stock(product, self.moment.business_date)?;
            levels.extend(free.map(|free| (product, free)));
        }
        let known = customer.map(|id| customer::facts(till.connection(), id)).transpose()?.flatten();
        let entered =
            if let Command::EnterCoupon { entered } = command { Some(entered.as_str()) } else { None };
        let judged = self.judge(product, customer, entered)?;
        let campaigns = self.in_force.facts(&judged, self.moment);
        let nobody = OnDuty::with_role(NOBODY, Role::Administrator);
        let facts = Facts {
            item: item.as_ref(),
            stock: &levels,
            customer: known,
            promotions: Some(&campaigns),
            ..self.facts(&nobody)
        };
        if let State::Draft(draft) = checkout::run(self.draft.as_ref(), command, facts)?.state {
            self.draft = Some(*draft);
        }
        Ok(())
    }

    fn explain(mut self, basket: &Basket) -> Result<Explained, Error> {
        let judged = self.judge(None, basket.customer, None)?;
        let draft = self.draft.take().ok_or(Refusal::NoLines)?;
        let campaigns = self.in_force.facts(&judged, self.moment);
        let shopper = campaigns.shopper.clone();
        let due = draft.document().balance();
        let intended = basket.tender.map(|kind| IntendedTender { no: TenderNo(1), kind, amount: due });
        let Explanation { verdicts, gap } = campaigns.explain(draft.document(), intended);
        let (till, moment) = (self.till, self.moment);
        let advice = campaigns.advise(draft.document(), &till.shelf(moment, &self.in_force.cheapest));
        let mut document = draft.document().clone();
        if let Some(kind) = basket.tender {
            let nobody = OnDuty::with_role(NOBODY, Role::Administrator);
            let facts = Facts { promotions: Some(&campaigns), ..self.facts(&nobody) };
            let paid = checkout::run(Some(&draft), &Command::TakeTender(TakeTender::balance(kind)), facts)?;
            match paid.state {
                State::Completed(completed) => document.clone_from(completed[0].document()),
                State::Draft(open) => document.clone_from(open.document()),
                State::Idle | State::Suspended(_) | State::Cancelled(_) => {}
            }
        }
        let (campaigns, moment) = (judged.set.clone(), self.moment);
        Ok(Explained { campaigns, document, moment, shopper, gap, verdicts, advice })
    }
}
