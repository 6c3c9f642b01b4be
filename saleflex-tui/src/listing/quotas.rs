//! Shares of limits that the hub lends to this till, on the screen of the connection.

use saleflex_core::{
    money::{Currency, Money},
    time::Moment,
};
use saleflex_store::{
    Error, Till,
    quotas::{QuotaKind, QuotaPolicy, Share},
};

use super::{ListRow, RowId, deliveries::shown};
use crate::text::{Key, Text};

/// The terms of the hub and a row for each share; nothing where the hub lends nothing.
pub(super) fn rows(till: &Till, text: &Text, connector: &str, now: Moment) -> Result<Vec<ListRow>, Error> {
    let Some(policy) = till.quota_policy()? else { return Ok(Vec::new()) };
    let terms = match policy {
        QuotaPolicy::Refuse => Key::QuotaRefuse,
        QuotaPolicy::Allow => Key::QuotaAllow,
    };
    let cells = [String::new(), text.word(Key::KindShares).to_owned(), String::new(), String::new()];
    let mut rows = vec![row(cells, text.word(terms).to_owned())];
    for share in till.quota_shares(connector)? {
        let name = till.quota_name(share.quota)?.unwrap_or_else(|| share.quota.subject.to_string());
        rows.push(of(text, (till.currency(), now), &share, &name));
    }
    Ok(rows)
}

fn of(text: &Text, (currency, now): (&Currency, Moment), share: &Share, name: &str) -> ListRow {
    let (kind, is_money) = match share.quota.kind {
        QuotaKind::CampaignUses => (Key::KindCampaignUses, false),
        QuotaKind::CampaignBudget => (Key::KindCampaignMoney, true),
        QuotaKind::CustomerUses => (Key::KindCustomerUses, false),
        QuotaKind::CouponUses => (Key::KindCouponUses, false),
        QuotaKind::GiftCardBalance => (Key::KindGiftCard, true),
    };
    let amount = |units: i64| {
        if is_money { currency.format(Money::from_minor(units)) } else { units.to_string() }
    };
    let until = share.expires_at.map(|until| shown(now, until)).unwrap_or_default();
    let state = if share.expires_at.is_none() { Key::StateAskedFor } else { Key::StateLent };
    let words = text.fill(
        Key::QuotaLeft,
        &[
            ("name", name),
            ("left", &amount(share.left())),
            ("used", &amount(share.used)),
            ("back", &amount(share.returned)),
        ],
    );
    row([String::new(), text.word(kind).to_owned(), until, text.word(state).to_owned()], words)
}

fn row([number, kind, time, state]: [String; 4], words: String) -> ListRow {
    ListRow {
        id: RowId::Nothing,
        cells: vec![number, kind, time, state, String::new(), words],
        total: Money::ZERO,
        is_dim: true,
    }
}
