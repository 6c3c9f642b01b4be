//! All that a cashier can mean. Keys, buttons and mouse clicks become an [`Action`]; nothing else does.
//!
//! Actions have names, which are the event names of form definitions and key tables. A name that is not in the
//! table of this module is refused when a form or a key table is read, never when the key is pressed.

use std::borrow::Cow;

use saleflex_core::{
    catalog::DepartmentNo,
    document::{CashMovementKind, DocumentType, Kind},
    tender::TenderKind,
};

mod names;
mod original;

pub use names::{EventError, names};
pub use original::ours;

/// One intention of a cashier.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Type a character into whatever takes text.
    Type(char),
    /// Move within a screen or a text.
    Move(Move),
    /// Erase in a text.
    Erase(Erase),
    /// Enter: look up, confirm, press what is focused.
    Confirm,
    /// Escape: clear the input, close the dialog, go back.
    Back,
    /// A scanner read this.
    Scan(String),
    /// End the program.
    Exit,
    /// Show the keys of this screen.
    Help,
    /// Search and run any function.
    Palette,
    /// Lock the till; the document stays.
    Lock,
    /// Show the on-screen keyboard or put it away.
    Keyboard,
    /// Go on a break; the till is locked.
    StartBreak,
    /// Log out.
    LogOut,
    /// Choose another PIN.
    ChangeSecret,
    /// Swap the captions of all dual buttons.
    Flip,
    /// Show a screen.
    Go(Screen),
    /// Show a tab of this screen, from 0.
    Tab(u16),
    /// Show what stands in a pop-up of this screen, by its name.
    PopUp(String),
    /// Save what was changed on this screen.
    Save,
    /// Take products over from a file.
    ImportProducts,
    /// Read the screens anew from the till's file.
    ReloadForms,
    /// Log in with what was entered.
    LogIn,
    /// Apply the coupon in the input line, or ask for one.
    EnterCoupon,
    /// Take the last coupon off the document.
    ReleaseCoupon,
    /// Sell a product by its code.
    SellCode(String),
    /// Sell a product by its barcode.
    SellBarcode(String),
    /// Sell by a department key at the amount in the input line.
    SellDepartment(Option<DepartmentNo>),
    /// The number in the input line multiplies the next sale.
    Multiply,
    /// The next code shows price and stock instead of selling.
    Inquire,
    /// Press a key of the product page shown, from 1.
    ProductKey(u8),
    /// Sell by the department of the product page shown.
    PageDepartment,
    /// Show a product page, from 1; once more shows its next part.
    ProductPage(u8),
    /// Show a group of the product page shown, from 1.
    ProductGroup(u8),
    /// Order the list shown by its next column, or the other way round.
    SortList,
    /// Show the next product page.
    NextPage,
    /// Show the product page before.
    PreviousPage,
    /// Copy the selected line, or the last.
    RepeatLine,
    /// Take the selected line back, or the last.
    VoidLine,
    /// Change the quantity of the selected line, or the last.
    ChangeQuantity,
    /// Change the price of the selected line, or the last.
    ChangePrice,
    /// Write a note on the selected line.
    LineNote,
    /// Write a note on the document.
    DocumentNote,
    /// Discount or mark up the selected line, or the last.
    AdjustLine(Adjustment),
    /// Discount or surcharge the whole document.
    AdjustDocument(Adjustment),
    /// Take a document discount or surcharge back.
    RemoveAdjustment,
    /// Charge no tax on the document.
    ExemptTax,
    /// Search products.
    Products,
    /// Search customers and put one on the document.
    Customers,
    /// Make the buyer a walk-in again.
    RemoveCustomer,
    /// Show what the document comes to.
    Subtotal,
    /// Take a tender: what was typed, else the balance where that is allowed.
    Tender(TenderKind),
    /// Take the whole balance in cash, or what was typed.
    CashExact,
    /// Take a note in cash by its key, from 1; what it is worth depends on the currency.
    CashNote(u8),
    /// Take a note or coin of so many minor units in cash.
    CashPreset(i64),
    /// Turn points into a discount: as many as the input line says.
    Redeem,
    /// Take a payment with what else is known of it.
    TenderDetails,
    /// Say what the provider answered to the selected tender, or to the last that waits.
    ResolveTender,
    /// Say the tip that comes with the next payment.
    Tip,
    /// Take the selected tender back, or the last.
    VoidTender,
    /// Hand out the change that is due.
    GiveChange,
    /// Complete a document with nothing to pay.
    Close,
    /// Put the document aside; without lines, show those put aside.
    Suspend,
    /// Do what an event of a list means for its selected row, or of a record for that.
    Row(&'static str),
    /// Cancel the open document.
    Cancel,
    /// Begin a document of a type and kind.
    Begin(DocumentType, Kind),
    /// Choose the type of document to begin.
    ChooseType,
    /// Take empties: their deposit is paid out, or off the open sale.
    TakeEmpties,
    /// Give the last empties back that the open sale is set off against.
    VoidEmpties,
    /// Take goods back without a receipt.
    ReturnWithoutReceipt,
    /// Set the open return off against a new sale.
    Exchange,
    /// Take back what was picked from the receipt.
    ReturnPicked,
    /// Pick all that can still come back.
    PickAll,
    /// Mark the picked goods as back on the shelf or not.
    ToggleRestock,
    /// Put money in or take it out.
    MoveCash(CashMovementKind),
    /// Open the drawer.
    OpenDrawer,
    /// Show the X report.
    XReport,
    /// Count the drawer and close the period.
    ZReport,
    /// Show the last receipt once more.
    LastReceipt,
    /// Print the text that is shown.
    Print,
    /// Look for what is wrong with the till.
    CheckUp,
    /// Copy the till beside itself.
    BackUp,
    /// Try the printer again at once.
    RetryPrinting,
}

/// A step within a screen or a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Move {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One character or choice to the left.
    Left,
    /// One character or choice to the right.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the beginning.
    Start,
    /// To the end.
    End,
    /// To the next control.
    Next,
    /// To the control before.
    Previous,
    /// To a row, from 0: where the mouse pressed.
    To(usize),
}

/// What to erase.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Erase {
    /// The character before the cursor.
    Before,
    /// The character after the cursor.
    After,
    /// Everything.
    All,
}

/// A screen to go to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Screen {
    /// Selling.
    Sale,
    /// Payment.
    Payment,
    /// Goods brought back.
    Return,
    /// The screen of a form.
    Form(Cow<'static, str>),
}

/// A manual discount or markup.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Adjustment {
    /// So many percent off.
    DiscountPercent,
    /// So much off.
    DiscountAmount,
    /// So many percent on top.
    MarkupPercent,
    /// So much on top.
    MarkupAmount,
}

impl Adjustment {
    /// The one that goes the other way.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::DiscountPercent => Self::MarkupPercent,
            Self::DiscountAmount => Self::MarkupAmount,
            Self::MarkupPercent => Self::DiscountPercent,
            Self::MarkupAmount => Self::DiscountAmount,
        }
    }

    /// Whether the number entered is a percentage.
    pub const fn is_percent(self) -> bool {
        matches!(self, Self::DiscountPercent | Self::MarkupPercent)
    }

    /// Whether the price goes down.
    pub const fn is_discount(self) -> bool {
        matches!(self, Self::DiscountPercent | Self::DiscountAmount)
    }
}
