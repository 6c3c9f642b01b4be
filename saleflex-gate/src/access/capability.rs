//! The names of what can be done, each with a type of its own.

/// Something that can be done, as a type: a handler that holds a permit of it has that right.
pub(crate) trait Right: Send + Sync + 'static {
    /// The capability that the type stands for.
    const CAPABILITY: Capability;
}

macro_rules! capabilities {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// Something that can be done.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub(crate) enum Capability {
            $($name),+
        }

        impl Capability {
            /// All of them.
            pub(crate) const ALL: [Self; [$($text),+].len()] = [$(Self::$name),+];

            /// Its name, such as `store.edit`.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text),+
                }
            }
        }

        /// The rights as types.
        #[allow(dead_code, reason = "a right that no route asks for yet stands in the matrix all the same")]
        pub(crate) mod may {
            use super::{Capability, Right};

            $(
                #[derive(Clone, Copy, Debug)]
                pub(crate) struct $name;
                impl Right for $name {
                    const CAPABILITY: Capability = Capability::$name;
                }
            )+
        }
    };
}

capabilities! {
    CompanyView = "company.view",
    CompanyEdit = "company.edit",
    CompanyDelete = "company.delete",
    OwnerGrant = "owner.grant",
    AdminGrant = "admin.grant",
    AdminRevoke = "admin.revoke",
    MemberInvite = "member.invite",
    JoinDecide = "join.decide",
    MemberRemove = "member.remove",
    RoleAssign = "role.assign",
    RegionManage = "region.manage",
    StoreCreate = "store.create",
    StoreClose = "store.close",
    StoreEdit = "store.edit",
    TerminalRegister = "terminal.register",
    TerminalSuspend = "terminal.suspend",
    TerminalRevoke = "terminal.revoke",
    TerminalRotate = "terminal.rotate",
    TerminalMove = "terminal.move",
    CatalogRead = "catalog.read",
    CatalogWrite = "catalog.write",
    PriceWrite = "price.write",
    FormWrite = "form.write",
    CampaignWrite = "campaign.write",
    CouponIssue = "coupon.issue",
    LoyaltyConfigure = "loyalty.configure",
    LoyaltyAdjust = "loyalty.adjust",
    CustomerRead = "customer.read",
    CustomerWrite = "customer.write",
    CustomerExport = "customer.export",
    CustomerErase = "customer.erase",
    StockRead = "stock.read",
    StockReceive = "stock.receive",
    StockIssue = "stock.issue",
    StockAdjust = "stock.adjust",
    StockPropose = "stock.propose",
    StockTransfer = "stock.transfer",
    StocktakeOpen = "stocktake.open",
    StocktakeApprove = "stocktake.approve",
    StocktakeCount = "stocktake.count",
    TransactionRead = "transaction.read",
    ClosureRead = "closure.read",
    ReportView = "report.view",
    ReportStock = "report.stock",
    ReportExport = "report.export",
    ReportSchedule = "report.schedule",
    NotificationSend = "notification.send",
    TableManage = "table.manage",
    OrderWrite = "order.write",
    KitchenUpdate = "kitchen.update",
    KitchenServe = "kitchen.serve",
    PosSell = "pos.sell",
    PosOverride = "pos.override",
    PosClosure = "pos.closure",
    IntegrationConfigure = "integration.configure",
    ApiKeyIssue = "apikey.issue",
    IntegrationStatus = "integration.status",
    AuditRead = "audit.read",
    SyncHealth = "sync.health",
}

impl Capability {
    /// The capability of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// What it is about: `catalog` of `catalog.write`.
    pub(crate) fn domain(self) -> &'static str {
        let name = self.name();
        name.split_once('.').map_or(name, |(domain, _)| domain)
    }
}
