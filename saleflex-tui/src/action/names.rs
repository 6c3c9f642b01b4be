//! The names of actions, as form definitions and key tables write them.

use std::borrow::Cow;

use saleflex_core::{
    catalog::DepartmentNo,
    document::{CashMovementKind, DocumentType, Kind},
    tender::TenderKind,
};

use super::{Action, Adjustment, Erase, Move, Screen, original};
use crate::registry;

/// Why a name and its argument make no action.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// No action has this name.
    #[error("there is no event `{name}`")]
    Unknown {
        /// As written.
        name: String,
    },
    /// The event cannot be without its argument.
    #[error("event `{name}` needs an argument")]
    ArgumentNeeded {
        /// The event.
        name: String,
    },
    /// The argument is not one the event takes.
    #[error("event `{name}` does not take the argument `{argument}`")]
    BadArgument {
        /// The event.
        name: String,
        /// As written.
        argument: String,
    },
}

/// Names of actions without an argument.
const PLAIN: [(&str, Action); 98] = [
    ("BACK", Action::Back),
    ("BANK_TRANSFER_PAYMENT", Action::Tender(TenderKind::BankTransfer)),
    ("BONUS_PAYMENT", Action::Redeem),
    ("CANCEL_DOCUMENT", Action::Cancel),
    ("CANCEL_PAYMENT", Action::VoidTender),
    ("CANCEL_PLU", Action::VoidLine),
    ("CASH_DROP", Action::MoveCash(CashMovementKind::CashDrop)),
    ("CASH_EXACT", Action::CashExact),
    ("CASH_FLOAT", Action::MoveCash(CashMovementKind::Float)),
    ("CHANGE_DOCUMENT_TYPE", Action::ChooseType),
    ("CHANGE_PAYMENT", Action::GiveChange),
    ("CHANGE_QUANTITY", Action::ChangeQuantity),
    ("CHARGE_SALE_PAYMENT", Action::Tender(TenderKind::OnAccount)),
    ("CHECK_PAYMENT", Action::Tender(TenderKind::Cheque)),
    ("CLEAR_BUFFER", Action::Erase(Erase::All)),
    ("CLOSE_DOCUMENT", Action::Close),
    ("CLOSURE", Action::ZReport),
    ("CONFIRM", Action::Confirm),
    ("COUPON_ENTER", Action::EnterCoupon),
    ("COUPON_RELEASE", Action::ReleaseCoupon),
    ("CREDIT_PAYMENT", Action::Tender(TenderKind::CreditCard)),
    ("CUSTOMER_CLEAR", Action::RemoveCustomer),
    ("CUSTOMER_SELECT_FORM", Action::Customers),
    ("DELETE_AFTER", Action::Erase(Erase::After)),
    ("DELETE_BEFORE", Action::Erase(Erase::Before)),
    ("DISCOUNT_BY_AMOUNT", Action::AdjustLine(Adjustment::DiscountAmount)),
    ("DISCOUNT_BY_PERCENT", Action::AdjustLine(Adjustment::DiscountPercent)),
    ("DOCUMENT_DISCOUNT_BY_AMOUNT", Action::AdjustDocument(Adjustment::DiscountAmount)),
    ("DOCUMENT_DISCOUNT_BY_PERCENT", Action::AdjustDocument(Adjustment::DiscountPercent)),
    ("DOCUMENT_MARKUP_BY_AMOUNT", Action::AdjustDocument(Adjustment::MarkupAmount)),
    ("DOCUMENT_MARKUP_BY_PERCENT", Action::AdjustDocument(Adjustment::MarkupPercent)),
    ("DOCUMENT_NOTE", Action::DocumentNote),
    ("EXCHANGE_PAYMENT", Action::Tender(TenderKind::ForeignCurrency)),
    ("EXCHANGE_SALE", Action::Exchange),
    ("EXIT_APPLICATION", Action::Exit),
    ("FUNC", Action::Flip),
    ("FUNCTION_FORM", Action::Palette),
    ("GET_PLU_FROM_MAINGROUP", Action::PageDepartment),
    ("HELP", Action::Help),
    ("INPUT_PRICE", Action::ChangePrice),
    ("INPUT_QUANTITY", Action::Multiply),
    ("LAST_RECEIPT", Action::LastReceipt),
    ("LINE_NOTE", Action::LineNote),
    ("LOCK", Action::Lock),
    ("LOGIN", Action::LogIn),
    ("LOGOUT", Action::LogOut),
    ("MARKUP_BY_AMOUNT", Action::AdjustLine(Adjustment::MarkupAmount)),
    ("MARKUP_BY_PERCENT", Action::AdjustLine(Adjustment::MarkupPercent)),
    ("MOBILE_PAYMENT", Action::Tender(TenderKind::Mobile)),
    ("MOVE_DOWN", Action::Move(Move::Down)),
    ("MOVE_END", Action::Move(Move::End)),
    ("MOVE_LEFT", Action::Move(Move::Left)),
    ("MOVE_NEXT", Action::Move(Move::Next)),
    ("MOVE_PAGE_DOWN", Action::Move(Move::PageDown)),
    ("MOVE_PAGE_UP", Action::Move(Move::PageUp)),
    ("MOVE_PREVIOUS", Action::Move(Move::Previous)),
    ("MOVE_RIGHT", Action::Move(Move::Right)),
    ("MOVE_START", Action::Move(Move::Start)),
    ("MOVE_UP", Action::Move(Move::Up)),
    ("NEXT_PAGE", Action::NextPage),
    ("ON_SCREEN_KEYBOARD", Action::Keyboard),
    ("OPEN_CASH_DRAWER", Action::OpenDrawer),
    ("OTHER_PAYMENT", Action::Tender(TenderKind::Other)),
    ("PAID_IN", Action::MoveCash(CashMovementKind::PaidIn)),
    ("PAID_OUT", Action::MoveCash(CashMovementKind::PaidOut)),
    ("PAYMENT", Action::Go(Screen::Payment)),
    ("PAYMENT_ANSWER", Action::ResolveTender),
    ("PAYMENT_DETAILS", Action::TenderDetails),
    ("PICK_ALL", Action::PickAll),
    ("PLU_INQUIRY", Action::Inquire),
    ("PREPAID_PAYMENT", Action::Tender(TenderKind::PrepaidCard)),
    ("PREVIOUS_PAGE", Action::PreviousPage),
    ("PRINT", Action::Print),
    ("PRODUCT_IMPORT", Action::ImportProducts),
    ("PRODUCT_SEARCH", Action::Products),
    ("REDRAW_FORM", Action::ReloadForms),
    ("REFUND", Action::Go(Screen::Return)),
    ("REMOVE_DISCOUNT", Action::RemoveAdjustment),
    ("REPEAT_SALE", Action::RepeatLine),
    ("RETRY_PRINTING", Action::RetryPrinting),
    ("RETURN_PICKED", Action::ReturnPicked),
    ("RETURN_WITHOUT_RECEIPT", Action::ReturnWithoutReceipt),
    ("SALES_FORM", Action::Go(Screen::Sale)),
    ("SAVE_CHANGES", Action::Save),
    ("SERVICE_BACKUP", Action::BackUp),
    ("SERVICE_CHANGE_PASSWORD", Action::ChangeSecret),
    ("SERVICE_CHECK", Action::CheckUp),
    ("SORT_LIST", Action::SortList),
    ("START_BREAK", Action::StartBreak),
    ("STORE_CREDIT_PAYMENT", Action::Tender(TenderKind::StoreCredit)),
    ("SUBTOTAL", Action::Subtotal),
    ("SUSPEND_SALE", Action::Suspend),
    ("TAKE_EMPTIES", Action::TakeEmpties),
    ("TAX_EXEMPT", Action::ExemptTax),
    ("TIP", Action::Tip),
    ("TOGGLE_RESTOCK", Action::ToggleRestock),
    ("VOID_EMPTIES", Action::VoidEmpties),
    ("X_REPORT", Action::XReport),
];

/// Names of actions that take an argument.
const WITH_ARGUMENT: [&str; 10] = [
    "CASH_NOTE",
    "CASH_PAYMENT",
    "OPEN_DOCUMENT",
    "PLU_GROUP",
    "PLU_KEY",
    "PLU_PAGE",
    "SALE_DEPARTMENT",
    "SALE_PLU_BARCODE",
    "SALE_PLU_CODE",
    "SHOW_FORM",
];

/// Every name there is.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|(name, _)| *name).chain(WITH_ARGUMENT).chain(registry::events())
}

impl Action {
    /// The action of a name and its argument. A name of the original means what it means there.
    ///
    /// # Errors
    /// [`EventError`] when there is none.
    pub fn from_event(name: &str, argument: Option<&str>) -> Result<Self, EventError> {
        let name = original::ours(name);
        if let Some((_, action)) = PLAIN.iter().find(|(known, _)| *known == name) {
            return match argument {
                None => Ok(action.clone()),
                Some(argument) => Err(bad(name, argument)),
            };
        }
        if let Some(action) = registry::action(name) {
            return argument.map_or(Ok(action), |argument| Err(bad(name, argument)));
        }
        match (name, argument) {
            ("CASH_PAYMENT", None) => Ok(Self::Tender(TenderKind::Cash)),
            ("SALE_DEPARTMENT", None) => Ok(Self::SellDepartment(None)),
            ("SALE_PLU_BARCODE", None) => Ok(Self::Confirm),
            (_, Some(argument)) if WITH_ARGUMENT.contains(&name) => {
                with_argument(name, argument).ok_or_else(|| bad(name, argument))
            }
            _ if WITH_ARGUMENT.contains(&name) => Err(EventError::ArgumentNeeded { name: name.to_owned() }),
            _ => Err(EventError::Unknown { name: name.to_owned() }),
        }
    }

    /// The name of this action, without its argument; typing and scanning have none.
    pub fn event(&self) -> Option<&'static str> {
        if let Some((name, _)) = PLAIN.iter().find(|(_, action)| action == self) {
            return Some(name);
        }
        Some(match self {
            Self::Tender(TenderKind::Cash) | Self::CashPreset(_) => "CASH_PAYMENT",
            Self::Row(event) => event,
            Self::Go(Screen::Form(form)) => return registry::event_of(form).or(Some("SHOW_FORM")),
            Self::CashNote(_) => "CASH_NOTE",
            Self::Begin(..) => "OPEN_DOCUMENT",
            Self::ProductKey(_) => "PLU_KEY",
            Self::ProductPage(_) => "PLU_PAGE",
            Self::ProductGroup(_) => "PLU_GROUP",
            Self::SellDepartment(_) => "SALE_DEPARTMENT",
            Self::SellBarcode(_) => "SALE_PLU_BARCODE",
            Self::SellCode(_) => "SALE_PLU_CODE",
            _ => return None,
        })
    }
}

fn with_argument(name: &str, argument: &str) -> Option<Action> {
    match name {
        "CASH_NOTE" => small(argument).map(Action::CashNote),
        "CASH_PAYMENT" => argument.parse().ok().filter(|minor| *minor > 0).map(Action::CashPreset),
        "OPEN_DOCUMENT" => document(argument).map(|(paper, kind)| Action::Begin(paper, kind)),
        "PLU_GROUP" => small(argument).map(Action::ProductGroup),
        "PLU_KEY" => small(argument).map(Action::ProductKey),
        "PLU_PAGE" => small(argument).map(Action::ProductPage),
        "SALE_DEPARTMENT" => {
            let no = argument.parse().ok().filter(|no| *no > 0)?;
            Some(Action::SellDepartment(Some(DepartmentNo(no))))
        }
        "SALE_PLU_BARCODE" if is_code(argument) => Some(Action::SellBarcode(argument.to_owned())),
        "SALE_PLU_CODE" if is_code(argument) => Some(Action::SellCode(argument.to_owned())),
        "SHOW_FORM" if is_code(argument) => Some(Action::Go(Screen::Form(Cow::Owned(argument.to_owned())))),
        _ => None,
    }
}

/// A document to begin: its kind where that is special, else its type.
fn document(argument: &str) -> Option<(DocumentType, Kind)> {
    match argument {
        "quote" => Some((DocumentType::NonFiscalReceipt, Kind::Quote)),
        "order" => Some((DocumentType::FiscalReceipt, Kind::Order)),
        "layaway" => Some((DocumentType::FiscalReceipt, Kind::Layaway)),
        other => match DocumentType::from_code(other)? {
            DocumentType::CashIn | DocumentType::CashOut | DocumentType::Return => None,
            DocumentType::SelfBillingInvoice => Some((DocumentType::SelfBillingInvoice, Kind::Purchase)),
            paper => Some((paper, Kind::Sale)),
        },
    }
}

fn small(argument: &str) -> Option<u8> {
    argument.parse().ok().filter(|number| (1..=99).contains(number))
}

fn is_code(argument: &str) -> bool {
    !argument.is_empty() && argument.chars().count() <= 50 && !argument.chars().any(char::is_control)
}

fn bad(name: &str, argument: &str) -> EventError {
    EventError::BadArgument { name: name.to_owned(), argument: argument.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_action_and_the_action_its_name() {
        for (name, action) in PLAIN {
            assert_eq!(Action::from_event(name, None), Ok(action.clone()), "{name}");
            assert_eq!(action.event(), Some(name));
        }
        for name in registry::events() {
            assert_eq!(Action::from_event(name, None).unwrap().event(), Some(name));
        }
        assert!(PLAIN.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn an_unknown_name_is_refused_and_so_is_a_wrong_argument() {
        let unknown = Action::from_event("SELL_EVERYTHING", None);
        assert_eq!(unknown, Err(EventError::Unknown { name: "SELL_EVERYTHING".to_owned() }));
        let missing = Action::from_event("PLU_KEY", None);
        assert_eq!(missing, Err(EventError::ArgumentNeeded { name: "PLU_KEY".to_owned() }));
        for (name, argument) in [
            ("BACK", "1"),
            ("PLU_KEY", "0"),
            ("PLU_KEY", "x"),
            ("CASH_PAYMENT", "-5"),
            ("SALE_PLU_CODE", ""),
            ("SALE_DEPARTMENT", "0"),
            ("OPEN_DOCUMENT", "cash_in"),
        ] {
            assert_eq!(Action::from_event(name, Some(argument)), Err(bad(name, argument)), "{name}");
        }
    }

    #[test]
    fn arguments_are_typed() {
        assert_eq!(Action::from_event("CASH_PAYMENT", Some("2000")), Ok(Action::CashPreset(2000)));
        assert_eq!(Action::from_event("CASH_PAYMENT", None), Ok(Action::Tender(TenderKind::Cash)));
        assert_eq!(Action::from_event("SALE_PLU_CODE", Some("1001")), Ok(Action::SellCode("1001".into())));
        let by_barcode = Action::from_event("SALE_PLU_BARCODE", Some("1001"));
        assert_eq!(by_barcode, Ok(Action::SellBarcode("1001".into())));
        assert_eq!(
            Action::from_event("OPEN_DOCUMENT", Some("layaway")),
            Ok(Action::Begin(DocumentType::FiscalReceipt, Kind::Layaway))
        );
        assert_eq!(
            Action::from_event("OPEN_DOCUMENT", Some("waybill")),
            Ok(Action::Begin(DocumentType::Waybill, Kind::Sale))
        );
    }
}
