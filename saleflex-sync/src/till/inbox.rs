//! The store's inbox behind the port.

use chrono::{DateTime, Utc};
use saleflex_core::ids::CustomerId;
use saleflex_store::{
    inbox::{self as stored, PulledPage, PulledRow},
    quotas::{Granted, Quota, QuotaKind as Kind, QuotaPolicy as Policy, Request, Share, Withheld},
};
use uuid::Uuid;

use crate::{
    inbox::Inbox,
    wire::{
        ChangesPage, Cursor, Notification, QuotaAsk, QuotaKind, QuotaPolicy, QuotaShare, QuotaWithheld,
        QuotasAnswer, QuotasRequest, SCHEMA_VERSION, Signal,
    },
};

/// The inbox of a till.
#[derive(Debug)]
pub struct TillInbox {
    stored: stored::Inbox,
    /// What was asked last of shares.
    asked: Option<Request>,
}

impl TillInbox {
    /// The inbox of a connector, [`saleflex_store::Till::inbox`].
    pub const fn new(inbox: stored::Inbox) -> Self {
        Self { stored: inbox, asked: None }
    }
}

impl Inbox for TillInbox {
    type Error = saleflex_store::Error;

    fn cursor(&self) -> Result<Option<Cursor>, Self::Error> {
        // One that is none was not written by this program: everything is asked for anew.
        Ok(self.stored.state()?.cursor.and_then(|cursor| Cursor::parse(&cursor).ok()))
    }

    fn pulled_at(&self) -> Result<Option<DateTime<Utc>>, Self::Error> {
        Ok(self.stored.state()?.pulled_at)
    }

    fn keep(&mut self, now: DateTime<Utc>, page: &ChangesPage) -> Result<(), Self::Error> {
        let told = page.authority.as_ref().map(|authority| {
            authority.iter().map(|(domain, who)| (domain.to_string(), who.to_string())).collect()
        });
        let rows = page.items.iter().map(|change| PulledRow {
            resource: change.resource.clone(),
            id: change.id,
            version: change.version,
            is_deleted: change.is_deleted,
            was_taken: false,
            taken_as: None,
            held_for: None,
            fields: serde_json::Value::Object(change.row.clone()).to_string(),
        });
        let (cursor, has_more) = (page.next_cursor.to_string(), page.has_more);
        self.stored.keep(now, &PulledPage { rows: rows.collect(), cursor, has_more, authority: told })
    }

    fn start_over(&mut self) -> Result<(), Self::Error> {
        self.stored.start_over()
    }

    fn keep_messages(&mut self, messages: &[Notification]) -> Result<u64, Self::Error> {
        let messages = messages.iter().map(|message| stored::Message {
            id: message.id,
            kind: message.kind.to_string(),
            title: message.title.clone(),
            body: message.body.clone(),
            created_at: message.created_at,
            expires_at: message.expires_at,
            requires_ack: message.requires_ack,
        });
        self.stored.keep_messages(&messages.collect::<Vec<_>>())
    }

    fn keep_signals(&mut self, signals: &[Signal]) -> Result<(), Self::Error> {
        let asking = signals.iter().filter(|signal| signal.kind.is_for_people());
        let messages = asking.map(|signal| stored::Message {
            id: signal.id,
            kind: signal.kind.to_string(),
            title: String::new(),
            body: String::new(),
            created_at: signal.created_at,
            expires_at: signal.expires_at,
            requires_ack: false,
        });
        let messages: Vec<_> = messages.collect();
        if messages.is_empty() { Ok(()) } else { self.stored.keep_messages(&messages).map(drop) }
    }

    fn quotas(&mut self) -> Result<Option<QuotasRequest>, Self::Error> {
        let request = self.stored.quotas()?;
        let asks = request.shares.iter().map(ask).collect();
        let sent = QuotasRequest { schema_version: SCHEMA_VERSION, epoch: request.epoch, asks };
        self.asked = Some(request);
        Ok(Some(sent))
    }

    fn quotas_wait(&self) -> Result<bool, Self::Error> {
        self.stored.quotas_wait()
    }

    fn holds_shares(&self) -> Result<bool, Self::Error> {
        self.stored.holds_shares()
    }

    fn keep_quotas(
        &mut self,
        now: DateTime<Utc>,
        _: &QuotasRequest,
        answer: &QuotasAnswer,
    ) -> Result<(), Self::Error> {
        let Some(request) = self.asked.take() else { return Ok(()) };
        // Terms that this version does not know are kept as the stricter ones.
        let policy = if answer.policy == QuotaPolicy::Allow { Policy::Allow } else { Policy::Refuse };
        let granted: Vec<Granted> = answer.shares.iter().filter_map(granted).collect();
        self.stored.keep_quotas(now, (&request, policy), &granted)
    }

    fn read_messages(&self) -> Result<Vec<Uuid>, Self::Error> {
        self.stored.read_messages()
    }

    fn message_reported(&mut self, id: Uuid) -> Result<(), Self::Error> {
        self.stored.message_reported(id)
    }
}

fn ask(share: &Share) -> QuotaAsk {
    let Quota { kind, subject, customer } = share.quota;
    QuotaAsk {
        kind: match kind {
            Kind::CampaignUses => QuotaKind::CampaignUses,
            Kind::CampaignBudget => QuotaKind::CampaignBudget,
            Kind::CustomerUses => QuotaKind::CustomerUses,
            Kind::CouponUses => QuotaKind::CouponUses,
            Kind::GiftCardBalance => QuotaKind::GiftCardBalance,
        },
        subject,
        customer: customer.map(CustomerId::uuid),
        since: share.since,
        granted: u64::try_from(share.granted).unwrap_or_default(),
        returned: u64::try_from(share.returned).unwrap_or_default(),
        wanted: share.is_wanted || kind.is_standing(),
    }
}

/// A share of a kind that this version knows.
fn granted(share: &QuotaShare) -> Option<Granted> {
    let kind = match share.kind {
        QuotaKind::CampaignUses => Kind::CampaignUses,
        QuotaKind::CampaignBudget => Kind::CampaignBudget,
        QuotaKind::CustomerUses => Kind::CustomerUses,
        QuotaKind::CouponUses => Kind::CouponUses,
        QuotaKind::GiftCardBalance => Kind::GiftCardBalance,
        QuotaKind::Unknown(_) => return None,
    };
    Some(Granted {
        quota: Quota { kind, subject: share.subject, customer: share.customer.map(CustomerId::new) },
        granted: i64::try_from(share.granted).unwrap_or(i64::MAX),
        expires_at: share.expires_at,
        withheld: share.withheld.as_ref().and_then(withheld),
    })
}

/// Why nothing is lent, where this version knows the reason.
fn withheld(why: &QuotaWithheld) -> Option<Withheld> {
    match why {
        QuotaWithheld::UsedUp => Some(Withheld::UsedUp),
        QuotaWithheld::LentElsewhere => Some(Withheld::LentElsewhere),
        QuotaWithheld::AwaitingTills => Some(Withheld::AwaitingTills),
        QuotaWithheld::NotInForce => Some(Withheld::NotInForce),
        QuotaWithheld::AskedAbove => Some(Withheld::AskedAbove),
        QuotaWithheld::Unknown(_) => None,
    }
}
