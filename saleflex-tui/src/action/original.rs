//! Names of events as definitions of the original write them, where ours are others.
//!
//! A definition that was written for the original is taken in as it is. A name of the original that is neither ours nor
//! here is refused when its form is read, as any other name that there is not; `docs/glossary.md` has both lists.

/// Names of the original and ours, in the order of the alphabet.
const OURS: [(&str, &str); 51] = [
    ("APPLY_COUPON", "COUPON_ENTER"),
    ("BACK_PAYMENT", "BACK"),
    ("CAMPAIGN_DETAIL_SAVE", "SAVE_CHANGES"),
    ("CAMPAIGN_SEARCH", "CAMPAIGN_LIST_FORM"),
    ("CANCEL_DEPARTMENT", "CANCEL_PLU"),
    ("CANCEL_LAST_SALE", "CANCEL_PLU"),
    ("CASHIER", "CASHIER_FORM"),
    ("CLOSE_FORM", "BACK"),
    ("CONFIG", "SETTING_FORM"),
    ("CUSTOMER", "CUSTOMER_SELECT_FORM"),
    ("CUSTOMER_DETAIL_SAVE", "SAVE_CHANGES"),
    ("CUSTOMER_FORM", "CUSTOMER_LIST_FORM"),
    ("CUSTOMER_LIST_BACK", "BACK"),
    ("CUSTOMER_SEARCH", "CUSTOMER_LIST_FORM"),
    ("LOGIN_EXTENDED", "LOGIN"),
    ("PAYMENT_DETAIL", "PAYMENT_DETAILS"),
    ("PRODUCT_DETAIL_SAVE", "SAVE_CHANGES"),
    ("REPEAT_LAST_SALE", "REPEAT_SALE"),
    ("SALE", "SALES_FORM"),
    ("SALE_DEPARTMENT_BY_NO", "SALE_DEPARTMENT"),
    ("SALE_OPTION", "FUNCTION_FORM"),
    ("SET_CASHIER", "CASHIER_FORM"),
    ("SET_IDLE_MESSAGE", "DEVICES_FORM"),
    ("SET_PLU_DEFINITION", "PRODUCT_LIST_FORM"),
    ("SET_PLU_MAINGROUP_DEFINITION", "SET_DEPARTMENT_DEFINITION"),
    ("SET_RECEIPT_FOOTER", "PARAMETER_FORM"),
    ("SET_RECEIPT_HEADER", "PARAMETER_FORM"),
    ("STOCK_ADJUSTMENT", "STOCK_ADJUST_FORM"),
    ("STOCK_ADJUSTMENT_CONFIRM", "SAVE_CHANGES"),
    ("STOCK_ADJUSTMENT_SEARCH", "PRODUCT_LIST_FORM"),
    ("STOCK_COUNT", "STOCK_COUNT_FORM"),
    ("STOCK_DETAIL", "STOCK_PRODUCT"),
    ("STOCK_ENTRY_FORM", "STOCK_RECEIVE_FORM"),
    ("STOCK_IN", "STOCK_RECEIVE_FORM"),
    ("STOCK_INQUIRY", "STOCK_LIST_FORM"),
    ("STOCK_IN_CONFIRM", "SAVE_CHANGES"),
    ("STOCK_IN_SEARCH", "PRODUCT_LIST_FORM"),
    ("STOCK_LIST", "STOCK_LIST_FORM"),
    ("STOCK_MOVEMENT", "STOCK_MOVEMENTS_FORM"),
    ("STOCK_MOVEMENT_SEARCH", "STOCK_MOVEMENTS_FORM"),
    ("STOCK_OUT", "STOCK_ADJUST_FORM"),
    ("STOCK_SEARCH", "STOCK_LIST_FORM"),
    ("STOCK_TRANSFER", "STOCK_TRANSFER_FORM"),
    ("SUSPEND_DETAIL", "SUSPENDED_DETAIL"),
    ("TOTAL", "SUBTOTAL"),
    ("WAREHOUSE_ADJUSTMENT", "STOCK_ADJUST_FORM"),
    ("WAREHOUSE_COUNT", "STOCK_COUNT_FORM"),
    ("WAREHOUSE_ISSUE", "STOCK_ADJUST_FORM"),
    ("WAREHOUSE_LOCATION", "LOCATION_LIST_FORM"),
    ("WAREHOUSE_RECEIPT", "STOCK_RECEIVE_FORM"),
    ("WAREHOUSE_TRANSFER", "STOCK_TRANSFER_FORM"),
];

/// What an event is called here; a name that is no other of the original stays.
pub fn ours(name: &str) -> &str {
    OURS.iter().find(|(other, _)| *other == name).map_or(name, |&(_, ours)| ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Action, EventError, names};

    /// Names that nothing here does: a definition with one of them is refused.
    const REFUSED: [&str; 39] = [
        "CHECK_CLOSE",
        "CHECK_MERGE",
        "CHECK_OPEN",
        "CHECK_PRINT",
        "CHECK_SPLIT",
        "INPUT_AMOUNT",
        "LOGIN_SERVICE",
        "ORDER_ADD",
        "ORDER_CANCEL",
        "ORDER_MODIFY",
        "ORDER_READY",
        "ORDER_SEND_TO_KITCHEN",
        "SALE_SHORTCUT",
        "SERVICE_CHANGE_DATE_TIME",
        "SERVICE_CODE_REQUEST",
        "SERVICE_COMPANY_INFO",
        "SERVICE_GET_PLU_LIST",
        "SERVICE_PARAMETER_DOWNLOAD",
        "SERVICE_POS_ACTIVE",
        "SERVICE_RESET_PASSWORD",
        "SERVICE_RESET_TO_FACTORY_MODE",
        "SERVICE_SET_RECEIPT_LIMIT",
        "SERVICE_SOFTWARE_DOWNLOAD",
        "SET_BARCODE_DEFINITION",
        "SET_DISCOUNT_RATE",
        "SET_DISPLAY_BRIGHTNESS",
        "SET_PRINTER_INTENSITY",
        "SET_SUPERVISOR",
        "SET_SURCHARGE_RATE",
        "SUB_MENU_FORM",
        "SUSPEND_PAYMENT",
        "TABLE_CLOSE",
        "TABLE_LIST",
        "TABLE_MERGE",
        "TABLE_OPEN",
        "TABLE_SELECT",
        "TABLE_SPLIT",
        "TABLE_STATUS",
        "TABLE_TRANSFER",
    ];

    /// Names of the original that are ours as well.
    const SAME: [&str; 77] = [
        "ADD_NEW_CASHIER",
        "BACK",
        "BONUS_PAYMENT",
        "CAMPAIGN_DETAIL",
        "CAMPAIGN_LIST_FORM",
        "CANCEL_DOCUMENT",
        "CANCEL_PLU",
        "CANCEL_SALE",
        "CASHIER_FORM",
        "CASH_PAYMENT",
        "CHANGE_DOCUMENT_TYPE",
        "CHANGE_PAYMENT",
        "CHARGE_SALE_PAYMENT",
        "CHECK_PAYMENT",
        "CLEAR_BUFFER",
        "CLOSURE",
        "CLOSURE_DETAIL_FORM",
        "CLOSURE_FORM",
        "CLOSURE_RECEIPTS_FORM",
        "CLOSURE_RECEIPT_DETAIL_FORM",
        "CREDIT_PAYMENT",
        "CUSTOMER_ADD",
        "CUSTOMER_DETAIL",
        "CUSTOMER_LIST_FORM",
        "CUSTOMER_SELECT",
        "CUSTOMER_SELECT_FORM",
        "DELETE_SUSPENDED_SALE",
        "DISCOUNT_BY_AMOUNT",
        "DISCOUNT_BY_PERCENT",
        "EXCHANGE_PAYMENT",
        "EXIT_APPLICATION",
        "FUNCTION_FORM",
        "GET_PLU_FROM_MAINGROUP",
        "INPUT_PRICE",
        "INPUT_QUANTITY",
        "INVOICE_LIST",
        "LOGIN",
        "LOGOUT",
        "LOYALTY_SETTINGS_FORM",
        "MAIN_MENU_FORM",
        "MARKUP_BY_AMOUNT",
        "MARKUP_BY_PERCENT",
        "OPEN_CASH_DRAWER",
        "OTHER_PAYMENT",
        "PAYMENT",
        "PLU_INQUIRY",
        "PLU_SALE_REPORT",
        "POS_SETTINGS_FORM",
        "POS_SUMMARY_REPORT",
        "PREPAID_PAYMENT",
        "PRICE_LOOKUP",
        "PRODUCT_DETAIL",
        "PRODUCT_LIST_FORM",
        "PRODUCT_SEARCH",
        "REDRAW_FORM",
        "REFUND",
        "REPEAT_SALE",
        "REPORT_FORM",
        "RESUME_SALE",
        "RETURN_LIST",
        "SALES_FORM",
        "SALE_DEPARTMENT",
        "SALE_DETAIL_REPORT",
        "SALE_PLU_BARCODE",
        "SALE_PLU_CODE",
        "SAVE_CHANGES",
        "SELECT_CASHIER",
        "SERVICE_CHANGE_PASSWORD",
        "SERVICE_FORM",
        "SETTING_FORM",
        "SET_CURRENCY_DEFINITION",
        "SET_DEPARTMENT_DEFINITION",
        "SET_VAT_DEFINITION",
        "SUBTOTAL",
        "SUSPEND_LIST",
        "SUSPEND_SALE",
        "WAYBILL_LIST",
    ];

    #[test]
    fn each_of_the_originals_168_names_means_what_it_says_or_is_refused_and_the_glossary_tells_which() {
        let page = format!("{}/../docs/glossary.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(page).unwrap();
        assert!(OURS.is_sorted() && REFUSED.is_sorted() && SAME.is_sorted());
        // `NONE` is a control without an event.
        assert_eq!(OURS.len() + REFUSED.len() + SAME.len() + 1, 168);
        let argument = |name: &str| (name == "SALE_PLU_CODE").then_some("1");
        let is_one = |name: &str| names().any(|known| known == name);
        for (other, ours) in OURS {
            assert!(is_one(ours) && !is_one(other), "{other} {ours}");
            assert_eq!(Action::from_event(other, None), Action::from_event(ours, None), "{other}");
            assert!(Action::from_event(other, None).is_ok(), "{other}");
            assert!(page.contains(&format!("| `{other}` | `{ours}` |")), "{other}");
        }
        for name in SAME {
            assert!(Action::from_event(name, argument(name)).is_ok(), "{name}");
        }
        for name in REFUSED {
            let unknown = EventError::Unknown { name: name.to_owned() };
            assert_eq!(Action::from_event(name, None), Err(unknown), "it is known now: {name}");
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}
