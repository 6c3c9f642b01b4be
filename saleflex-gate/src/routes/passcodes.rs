//! What cashiers type at terminals that can only compare readable passcodes.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    definitions::{self, CASHIERS},
    error::Refusal,
    office::seed,
    request::{Listed, Named},
    scope::Permit,
};

/// What a cashier types at an older terminal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "cashier_id": "018f0000-0000-7000-8000-000000000001", "user_name": "cashier1", "passcode": "482913"
}))]
pub(crate) struct CashierPasscode {
    /// The cashier.
    cashier_id: Uuid,
    /// The name that is typed before it.
    user_name: String,
    /// What came with the installation, else six digits that are good at this terminal alone.
    passcode: String,
}

/// The passcodes of the cashiers of a terminal that can only compare readable ones (`saleflex-gate terminal … --legacy`).
/// What came with an import for people of several stores is shown to whoever gives roles in the whole company: they type it
/// everywhere. That somebody read them is in the audit log.
#[utoipa::path(get, path = "/terminals/{id}/passcodes", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses(
    (status = OK, body = Listed<CashierPasscode>),
    (status = CONFLICT, body = Refusal, description = "`not_legacy`; `passcodes_unavailable`: the settings of this hub name no `secret`"),
))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
) -> Result<Json<Listed<CashierPasscode>>, ApiError> {
    let seal = hub.seal.clone();
    let read = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        if !terminal.is_legacy {
            let message = "the terminal gets no readable passcodes: it was not registered with --legacy";
            return Err(ApiError::conflict("not_legacy", message));
        }
        let Some(seal) = seal else {
            let message = "this hub keeps no passcodes: its settings name no secret";
            return Err(ApiError::conflict("passcodes_unavailable", message));
        };
        let rows = definitions::visible(desk.session, desk.company, &terminal, desk.now)?;
        let of_all_stores = if permit.in_company().is_ok() {
            BTreeSet::new()
        } else {
            definitions::of_all_stores(desk.session, desk.company, CASHIERS)?
        };
        let cashiers =
            rows.iter().filter(|row| row.resource == CASHIERS && !row.is_deleted).filter(|cashier| {
                !of_all_stores.contains(&cashier.id) || seed::imported(cashier, &seal).is_none()
            });
        let passcodes: Vec<CashierPasscode> = cashiers
            .map(|cashier| CashierPasscode {
                cashier_id: cashier.id,
                user_name: cashier
                    .body
                    .get("user_name")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                passcode: seed::passcode(cashier, &terminal, &seal),
            })
            .collect();
        desk.note(
            "passcodes.shown",
            ("terminal", id),
            Some(terminal.store),
            json!({"cashiers": passcodes.len()}),
        )?;
        Ok(passcodes)
    });
    read.await.map(|passcodes| Json(Listed::whole(passcodes)))
}
