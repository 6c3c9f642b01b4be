use proptest::prelude::*;

use super::*;
use crate::{
    ids::{LocationId, ProductId},
    inventory::{MovementKind, Place},
};

fn moved(change: &str, unit_cost: Option<&str>) -> Movement {
    let place = Place {
        item: ProductId::new(uuid::Uuid::nil()).into(),
        location: LocationId::new(uuid::Uuid::nil()),
    };
    let change = Stock::parse(change).unwrap();
    let kind = if change.is_positive() { MovementKind::Receipt } else { MovementKind::Sale };
    let unit_cost = unit_cost.map(|cost| UnitPrice::parse(cost).unwrap());
    Movement { unit_cost, ..Movement::new(kind, place, change, Stock::ZERO) }
}

fn value(text: &str) -> Value {
    Value(text.parse().unwrap())
}

#[test]
fn ten_at_1_and_five_at_1_30_cost_1_10_each_i12() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    valuation.apply(&moved("10", Some("1.0000")));
    let flow = valuation.apply(&moved("5", Some("1.3000")));
    assert_eq!(valuation.unit_cost(), UnitPrice::parse("1.1").unwrap());
    assert_eq!((valuation.value(), flow.revalued), (value("16.5"), Value::ZERO));
}

#[test]
fn the_average_is_rounded_half_up_to_four_digits_and_the_rest_is_a_revaluation() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    valuation.apply(&moved("1", Some("1")));
    let flow = valuation.apply(&moved("2", Some("2")));
    assert_eq!(valuation.unit_cost(), UnitPrice::parse("1.6667").unwrap());
    assert_eq!((valuation.value(), flow.revalued), (value("5.0001"), value("0.0001")));
}

#[test]
fn what_was_oversold_does_not_pull_the_average_down() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    valuation.apply(&moved("1", Some("1")));
    valuation.apply(&moved("-6", None));
    assert_eq!(valuation.value(), value("-5"));
    let flow = valuation.apply(&moved("9", Some("2")));
    assert_eq!((valuation.on_hand(), valuation.value()), (Stock::whole(4), value("8")));
    assert_eq!(flow.revalued, value("-5"));
}

#[test]
fn fifo_sells_the_oldest_layer_first() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("10", Some("1")));
    valuation.apply(&moved("5", Some("1.30")));
    let flow = valuation.apply(&moved("-12", None));
    assert_eq!((flow.outward, valuation.value()), (value("12.6"), value("3.9")));
}

#[test]
fn fifo_pays_what_was_sold_before_it_came_out_of_the_next_delivery() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("1", Some("1")));
    valuation.apply(&moved("-3", None));
    let flow = valuation.apply(&moved("5", Some("1.5")));
    assert_eq!((valuation.on_hand(), valuation.value()), (Stock::whole(3), value("4.5")));
    assert_eq!(flow.revalued, value("-1"));
}

#[test]
fn what_comes_without_a_cost_is_worth_what_the_rest_is() {
    for costing in [Costing::MovingAverage, Costing::Fifo] {
        let mut valuation = Valuation::new(costing);
        valuation.apply(&moved("2", Some("1.5")));
        valuation.apply(&moved("2", None));
        assert_eq!(valuation.value(), value("6"));
    }
}

#[test]
fn moving_goods_about_is_worth_nothing() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("2", Some("1.5")));
    let before = valuation.clone();
    for kind in [MovementKind::TransferOut, MovementKind::Reserve, MovementKind::Damage] {
        assert_eq!(valuation.apply(&Movement { kind, ..moved("-1", None) }), Flow::default());
    }
    assert_eq!(valuation, before);
}

fn any_movement() -> impl Strategy<Value = Movement> {
    (-99_999_i64..=99_999, prop::option::of(0_i64..=999_999)).prop_map(|(change, cost)| {
        let text = Decimal::new(change, 3).to_string();
        let cost = cost.map(|cost| Decimal::new(cost, 4).to_string());
        moved(&text, cost.as_deref())
    })
}

proptest! {
    #[test]
    fn value_in_less_value_out_and_revalued_is_the_value_on_hand(
        movements in prop::collection::vec(any_movement(), 0..40),
        costing in prop::sample::select(&[Costing::MovingAverage, Costing::Fifo][..]),
    ) {
        let mut valuation = Valuation::new(costing);
        let worth: Value = movements.iter().map(|movement| valuation.apply(movement).net()).sum();
        prop_assert_eq!(valuation.value(), worth);
        let there: Stock = movements.iter().map(|movement| movement.change).sum();
        prop_assert_eq!(valuation.on_hand(), there);
    }

    #[test]
    fn fifo_layers_add_up_and_something_is_owed_only_where_none_is_left(
        movements in prop::collection::vec(any_movement(), 0..40),
    ) {
        let mut fifo = Fifo::default();
        for movement in &movements {
            let change = movement.change;
            if change.is_positive() {
                fifo.put(change, movement.unit_cost.unwrap_or(UnitPrice::ZERO));
            } else {
                fifo.take(-change);
            }
            let layers: Stock = fifo.layers().map(|layer| layer.quantity).sum();
            prop_assert_eq!(layers, fifo.on_hand().or_zero());
            prop_assert!(fifo.layers().all(|layer| layer.quantity.is_positive()));
        }
    }
}
