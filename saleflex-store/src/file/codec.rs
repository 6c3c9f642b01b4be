//! How values of core lie in columns. Nowhere else in this crate is a value taken apart for the database.
//!
//! Exact decimals lie as whole numbers at a fixed scale, so that SQL can sum and compare them; identities as their
//! 16 bytes; instants as microseconds; names of variants and lists as text.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef},
};
use rust_decimal::Decimal;
use saleflex_core::{
    catalog::DepartmentNo,
    digest::Digest,
    ids::{
        BrandId, CampaignId, CardId, CashierId, ClosureNumber, CouponId, CustomerId, DocumentId,
        DocumentNumber, GiftCardId, LocationId, PointsGrantId, PostingId, ProductId, ProgramId,
        PurchaseOrderId, SegmentId, StockCountId, StoreId, SupplierId, TerminalId, TransferId, VariantId,
        WarehouseId,
    },
    inventory::{BatchNo, SerialNo, Stock},
    money::{CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, Points, Quantity, UnitPrice},
    time::Moment,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Fraction digits of prices, quantities and percents in a column.
const DIGITS: u32 = 4;
/// Fraction digits of an exchange rate in a column.
const RATE_DIGITS: u32 = 8;

/// A value with a column of its own.
pub(crate) trait Column: Sized {
    fn to_value(&self) -> Value;
    fn from_value(value: ValueRef<'_>) -> FromSqlResult<Self>;
}

/// A value on its way into a column or out of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Col<T>(pub(crate) T);

impl<T: Column> ToSql for Col<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(self.0.to_value()))
    }
}

impl<T: Column> FromSql for Col<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        T::from_value(value).map(Self)
    }
}

/// Reads a column.
pub(crate) fn get<T: Column>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    row.get::<_, Col<T>>(at).map(|column| column.0)
}

/// A value that lies as JSON text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0);
        text.map(ToSqlOutput::from).map_err(|cause| rusqlite::Error::ToSqlConversionFailure(cause.into()))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_slice(value.as_bytes()?).map(Self).map_err(FromSqlError::other)
    }
}

/// Reads a column of JSON text.
pub(crate) fn get_json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    row.get::<_, Json<T>>(at).map(|column| column.0)
}

/// A variant without data, by the name it has in JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<T>(pub(crate) T);

impl<T: Serialize> ToSql for Name<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(name_of(&self.0)))
    }
}

/// The name that a variant without data has in JSON.
pub(crate) fn name_of(variant: &impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => unreachable!("a variant without data is written as its name"),
    }
}

impl<T: DeserializeOwned> FromSql for Name<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = serde_json::Value::String(value.as_str()?.to_owned());
        serde_json::from_value(name).map(Self).map_err(FromSqlError::other)
    }
}

/// Reads a column of a variant's name.
pub(crate) fn get_name<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    row.get::<_, Name<T>>(at).map(|column| column.0)
}

impl<T: Column> Column for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn from_value(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value == ValueRef::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl Column for Uuid {
    fn to_value(&self) -> Value {
        Value::Blob(self.as_bytes().to_vec())
    }

    fn from_value(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_slice(value.as_blob()?).map_err(FromSqlError::other)
    }
}

/// A whole number in a column, within the bounds of its type.
fn whole<T: TryFrom<i64>>(value: ValueRef<'_>) -> FromSqlResult<T> {
    let number = value.as_i64()?;
    T::try_from(number).map_err(|_| FromSqlError::OutOfRange(number))
}

/// A decimal at a fixed scale as a whole number. Saturates, but no type of core comes near an `i64`'s bounds.
fn scaled(value: Decimal, digits: u32) -> Value {
    // Whole numbers are multiplied several times sooner than decimals.
    let scaled = match digits.checked_sub(value.scale()) {
        Some(missing) => value.mantissa().checked_mul(10_i128.pow(missing)),
        None => Some(value.mantissa() / 10_i128.pow(value.scale() - digits)),
    };
    let edge = if value.is_sign_negative() { i64::MIN } else { i64::MAX };
    Value::Integer(scaled.and_then(|scaled| i64::try_from(scaled).ok()).unwrap_or(edge))
}

fn unscaled(value: ValueRef<'_>, digits: u32) -> FromSqlResult<Decimal> {
    Ok(Decimal::new(value.as_i64()?, digits))
}

macro_rules! columns {
    ($($name:ty: |$this:ident| $out:expr, |$value:ident| $in:expr;)*) => {$(
        impl Column for $name {
            fn to_value(&self) -> Value {
                let $this = self;
                $out
            }

            fn from_value($value: ValueRef<'_>) -> FromSqlResult<Self> {
                $in
            }
        }
    )*};
}

columns! {
    StoreId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    TerminalId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    DocumentId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    ProductId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    BrandId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    CashierId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    CampaignId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    GiftCardId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    CouponId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    CustomerId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    ProgramId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    CardId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    PointsGrantId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    SegmentId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    WarehouseId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    LocationId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    PostingId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    TransferId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    StockCountId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    SupplierId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    PurchaseOrderId: |this| this.uuid().to_value(), |value| Uuid::from_value(value).map(Self::new);
    BatchNo: |this| Value::Text(this.as_str().to_owned()),
        |value| Self::parse(value.as_str()?).map_err(FromSqlError::other);
    SerialNo: |this| Value::Text(this.as_str().to_owned()),
        |value| Self::parse(value.as_str()?).map_err(FromSqlError::other);
    Stock: |this| scaled(this.decimal(), DIGITS),
        |value| Self::try_new(unscaled(value, DIGITS)?).map_err(FromSqlError::other);
    Digest: |this| Value::Blob(this.bytes().to_vec()),
        |value| value.as_blob()?.try_into().map(Self::new).map_err(FromSqlError::other);
    ClosureNumber: |this| Value::Integer(this.0.into()), |value| whole(value).map(Self);
    DepartmentNo: |this| Value::Integer(this.0.into()), |value| whole(value).map(Self);
    Money: |this| Value::Integer(this.minor()), |value| value.as_i64().map(Self::from_minor);
    Points: |this| Value::Integer(this.get()), |value| whole(value);
    UnitPrice: |this| scaled(this.decimal(), DIGITS),
        |value| Self::try_new(unscaled(value, DIGITS)?).map_err(FromSqlError::other);
    Quantity: |this| scaled(this.decimal(), DIGITS),
        |value| Self::try_new(unscaled(value, DIGITS)?).map_err(FromSqlError::other);
    Percent: |this| scaled(this.decimal(), DIGITS),
        |value| Self::try_new(unscaled(value, DIGITS)?).map_err(FromSqlError::other);
    ExchangeRate: |this| scaled(this.decimal(), RATE_DIGITS),
        |value| Self::try_new(unscaled(value, RATE_DIGITS)?).map_err(FromSqlError::other);
    CurrencyCode: |this| Value::Text(this.as_str().to_owned()),
        |value| Self::parse(value.as_str()?).map_err(FromSqlError::other);
    NaiveDate: |this| Value::Text(this.to_string()),
        |value| value.as_str()?.parse().map_err(FromSqlError::other);
    NaiveDateTime: |this| Value::Text(format!("{this:?}")),
        |value| Self::parse_from_str(value.as_str()?, LOCAL).map_err(FromSqlError::other);
    DateTime<Utc>: |this| Value::Integer(this.timestamp_micros()),
        |value| Self::from_timestamp_micros(value.as_i64()?).ok_or(FromSqlError::OutOfRange(value.as_i64()?));
}

/// How a local date and time is read. It is written by its `Debug`, which says the same without reading a pattern each time.
const LOCAL: &str = "%Y-%m-%dT%H:%M:%S%.f";

/// A variant of a product in a key, where nothing stands for none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Variant(pub(crate) Option<VariantId>);

impl Column for Variant {
    fn to_value(&self) -> Value {
        Value::Blob(self.0.map(|variant| variant.uuid().as_bytes().to_vec()).unwrap_or_default())
    }

    fn from_value(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value.as_blob()?.is_empty() {
            return Ok(Self(None));
        }
        Uuid::from_value(value).map(|variant| Self(Some(VariantId::new(variant))))
    }
}

/// A moment out of its three columns: instant, local time, business date.
pub(crate) fn get_moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Moment> {
    Ok(Moment::new(get(row, at)?, get(row, at + 1)?, get(row, at + 2)?))
}

/// A document's number out of its three columns: date, closure, receipt.
pub(crate) fn get_number(row: &Row<'_>, at: usize) -> rusqlite::Result<DocumentNumber> {
    Ok(DocumentNumber { date: get(row, at)?, closure: get(row, at + 1)?, receipt: row.get(at + 2)? })
}

/// Minutes the store's clock is ahead of UTC at a moment.
pub(crate) fn offset_min(moment: &Moment) -> i64 {
    (moment.local - moment.instant.naive_utc()).num_minutes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use saleflex_core::document::{DocumentType, Kind};

    use super::*;

    fn round_trip<T: Column>(value: &T) -> T {
        T::from_value(ValueRef::from(&value.to_value())).unwrap()
    }

    #[test]
    fn bounds_of_every_number_survive_a_column() {
        for text in ["0.0001", "9999999", "1.5"] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!(round_trip(&quantity), quantity);
        }
        for text in ["0", "99999999999", "0.0001"] {
            let price = UnitPrice::parse(text).unwrap();
            assert_eq!(round_trip(&price), price);
        }
        for points in [Points::MAX, -Points::MAX] {
            assert_eq!(round_trip(&points), points);
        }
        for text in ["0.00000001", "1000000000", "1.18"] {
            let rate = ExchangeRate::parse(text).unwrap();
            assert_eq!(round_trip(&rate), rate);
        }
    }

    #[test]
    fn a_price_in_a_column_is_a_whole_number_of_ten_thousandths() {
        assert_eq!(UnitPrice::parse("4.99").unwrap().to_value(), Value::Integer(49_900));
        assert_eq!(Stock::parse("-1.5").unwrap().to_value(), Value::Integer(-15_000));
    }

    #[test]
    fn what_is_out_of_bounds_in_a_column_is_an_error() {
        assert!(Quantity::from_value(ValueRef::Integer(0)).is_err());
        assert!(Percent::from_value(ValueRef::Integer(-1)).is_err());
        assert!(Points::from_value(ValueRef::Integer(i64::MAX)).is_err());
        assert!(ClosureNumber::from_value(ValueRef::Integer(-1)).is_err());
        assert!(CurrencyCode::from_value(ValueRef::Text(b"gbp")).is_err());
        assert!(Uuid::from_value(ValueRef::Blob(b"short")).is_err());
    }

    #[test]
    fn variants_lie_by_their_names() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for kind in [Kind::Sale, Kind::CashMovement] {
            let back: Name<Kind> = connection.query_row("SELECT ?1", [Name(kind)], |row| row.get(0)).unwrap();
            assert_eq!(back.0, kind);
        }
        for kind in DocumentType::ALL {
            let code: String = connection.query_row("SELECT ?1", [Name(kind)], |row| row.get(0)).unwrap();
            assert_eq!(code, kind.code());
        }
        assert!(connection.query_row("SELECT 'nonsense'", [], |row| get_name::<Kind>(row, 0)).is_err());
    }

    proptest! {
        #[test]
        fn a_moment_survives_its_columns_to_the_microsecond(micros in 0_i64..4_102_444_800_000_000) {
            let instant = DateTime::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(round_trip(&instant), instant);
            let local = instant.naive_utc();
            prop_assert_eq!(round_trip(&local), local);
            prop_assert_eq!(local.to_value(), Value::Text(local.format(LOCAL).to_string()));
            prop_assert_eq!(round_trip(&instant.date_naive()), instant.date_naive());
        }

        #[test]
        fn an_amount_survives_a_column(minor: i64) {
            prop_assert_eq!(round_trip(&Money::from_minor(minor)), Money::from_minor(minor));
        }
    }
}
