//! What the description of several routes shows of one body.

use serde_json::{Value, json};

/// Documents in the envelope of `/pos/transactions`.
pub(crate) fn documents() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1,
        "transactions": [{
            "head": {
                "id": "018f0000-0000-7000-8000-000000000001", "transaction_unique_id": "20261121-0001-000001", "pos_id": 1,
                "transaction_status": "completed", "transaction_type": "sale", "document_type": "FISCAL_RECEIPT",
                "closure_number": 1, "receipt_number": 1, "total_amount": "3.4000"
            },
            "products": [], "payments": [{"payment_type": "CASH_PAYMENT", "payment_total": "3.4000"}], "fiscal": null
        }],
        "sequences": [{"name": "ReceiptNumber", "value": 2}, {"name": "ClosureNumber", "value": 1}]
    })
}

/// Closed periods in the envelope of `/pos/closures`.
pub(crate) fn closures() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1,
        "closures": [{"closure": {
            "id": "018f0000-0000-7000-8000-000000000002", "closure_unique_id": "20261121-0001", "closure_number": 1,
            "total_document_count": 1, "gross_sales_amount": "3.4000"
        }}],
        "sequences": [{"name": "ReceiptNumber", "value": 1}, {"name": "ClosureNumber", "value": 2}]
    })
}

/// Movements of goods in such an envelope.
pub(crate) fn movements() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1,
        "movements": [{
            "id": "018f0000-0000-7000-8000-000000000004", "movement_number": "MOV-20261121-0001", "movement_type": "RECEIPT",
            "fk_product_id": "018f0000-0000-7000-8000-000000000005", "quantity": 24, "movement_date": "2026-11-21T12:00:00",
            "fk_warehouse_location_to": "018f0000-0000-7000-8000-000000000006", "status": "COMPLETED"
        }]
    })
}

/// Uses of offers in such an envelope.
pub(crate) fn usages() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1,
        "usages": [{
            "id": "018f0000-0000-7000-8000-000000000007", "fk_campaign_id": "018f0000-0000-7000-8000-000000000008",
            "fk_transaction_head_id": "018f0000-0000-7000-8000-000000000001", "discount_amount": "0.34",
            "usage_date": "2026-11-21T12:00:00"
        }]
    })
}

/// Points that moved in such an envelope.
pub(crate) fn points() -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1,
        "events": [{
            "id": "018f0000-0000-7000-8000-000000000009", "fk_customer_id": "018f0000-0000-7000-8000-00000000000a",
            "transaction_type": "EARNED", "points_amount": 12, "transaction_date": "2026-11-21T12:00:00",
            "fk_transaction_head_id": "018f0000-0000-7000-8000-000000000001"
        }]
    })
}

/// A cart snapshot.
pub(crate) fn cart() -> Value {
    json!({
        "schema_version": "1.0", "evaluated_at": "2026-11-21T12:00:00+00:00", "currency_code": "GBP",
        "lines": [{
            "line_id": "018f0000-0000-7000-8000-000000000003", "line_no": 1, "product_code": "3001", "quantity": "3",
            "unit_price": "3.2", "line_total": "9.6", "vat_rate": "20.0", "is_cancel": false, "is_voided": false
        }],
        "totals": {
            "merchandise_subtotal": "9.6", "head_total_amount": "9.6", "head_total_discount_amount": "0",
            "document_discount_total": "0", "document_discount_non_campaign_total": "0"
        },
        "customer_segment_codes": [], "active_coupon_codes": []
    })
}
