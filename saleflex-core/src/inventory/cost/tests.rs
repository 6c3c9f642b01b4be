use alloc::collections::VecDeque;

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
fn the_unit_cost_is_the_average_rounded_half_up_to_four_digits_and_the_value_what_was_paid() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    valuation.apply(&moved("1", Some("1")));
    let flow = valuation.apply(&moved("2", Some("2")));
    assert_eq!(valuation.unit_cost(), UnitPrice::parse("1.6667").unwrap());
    assert_eq!((valuation.value(), flow.revalued), (value("5"), Value::ZERO));
    for (deliveries, paid, unit_cost) in [
        (&[("10000", "1"), ("20000", "1.01")][..], "30200", "1.0067"),
        (&[("10000", "0.0123"), ("5000", "0.0124")][..], "185", "0.0123"),
    ] {
        let mut valuation = Valuation::new(Costing::MovingAverage);
        for &(quantity, cost) in deliveries {
            valuation.apply(&moved(quantity, Some(cost)));
        }
        assert_eq!(valuation.value(), value(paid));
        assert_eq!(valuation.unit_cost(), UnitPrice::parse(unit_cost).unwrap());
    }
}

#[test]
fn what_was_sold_and_what_is_there_are_what_was_paid_on_paper_too() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    for (quantity, cost) in [("24", "3.10"), ("13", "3.37"), ("12", "3.55")] {
        valuation.apply(&moved(quantity, Some(cost)));
    }
    let sold = valuation.apply(&moved("-9", None)).outward;
    assert_eq!((sold, valuation.value()), (value("29.5365"), value("131.2735")));
    assert_eq!(sold.rounded(2) + valuation.value().rounded(2), value("160.81").decimal());
    let before = valuation.unit_cost();
    let back = valuation.apply(&moved("9", None)).inward;
    assert_eq!((back, valuation.unit_cost()), (sold, before), "what comes back leaves the average as it is");
    let all = valuation.apply(&moved("-49", None)).outward;
    assert_eq!((all, valuation.value()), (value("160.81"), Value::ZERO), "the last take all that is left");
    assert_eq!(valuation.unit_cost(), before);
}

#[test]
fn so_much_that_a_product_cannot_be_told_is_shared_all_the_same() {
    let mut valuation = Valuation::new(Costing::MovingAverage);
    for _ in 0..3 {
        valuation.apply(&moved("10000000000000", Some("1000")));
    }
    let sold = valuation.apply(&moved("-10000000000000", None)).outward;
    assert_eq!((sold, valuation.value()), (value("10000000000000000"), value("20000000000000000")));
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
fn what_was_sold_before_it_came_costs_what_it_came_at_delivery_by_delivery() {
    for costing in [Costing::MovingAverage, Costing::Fifo] {
        let mut valuation = Valuation::new(costing);
        let moved =
            [moved("10", Some("5")), moved("-19", None), moved("4", Some("6")), moved("12", Some("7"))];
        let flows: Vec<Flow> = moved.iter().map(|movement| valuation.apply(movement)).collect();
        let paid: Value = flows.iter().map(|flow| flow.inward).sum();
        let sold: Value = flows.iter().map(|flow| flow.outward - flow.revalued).sum();
        // Ten at 5, four at 6 and five at 7.
        assert_eq!((sold, valuation.value()), (value("109"), value("49")), "{costing:?}");
        assert_eq!(sold + valuation.value(), paid, "{costing:?}");
    }
}

#[test]
fn fifo_sells_the_oldest_layer_first() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("10", Some("1")));
    valuation.apply(&moved("5", Some("1.30")));
    let flow = valuation.apply(&moved("-12", None));
    assert_eq!((flow.outward, valuation.value()), (value("12.6"), value("3.9")));
}

fn back(quantity: &str) -> Movement {
    Movement { kind: MovementKind::Return, ..moved(quantity, None) }
}

#[test]
fn what_comes_back_costs_what_it_left_at_and_goes_first_again() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("10", Some("1")));
    valuation.apply(&moved("5", Some("1.30")));
    // Ten at 1 and two at 1.30.
    assert_eq!(valuation.apply(&moved("-12", None)).outward, value("12.6"));
    valuation.apply(&moved("4", Some("2")));
    // The two, and one of the ten: no more than they cost, whatever came since.
    assert_eq!(valuation.apply(&back("3")).inward, value("3.6"));
    assert_eq!((valuation.on_hand(), valuation.value()), (Stock::whole(10), value("15.5")));
    assert_eq!(valuation.apply(&back("9")).inward, value("9"));
    assert_eq!(valuation.value(), value("24.5"), "10 x 1 + 5 x 1.30 + 4 x 2");
    assert_eq!(valuation.apply(&moved("-1", None)).outward, value("1"), "they go first again");
    // What nobody sold costs what the last delivery did, and what is thrown away does not come back.
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("2", Some("1")));
    valuation.apply(&Movement { kind: MovementKind::Waste, ..moved("-1", None) });
    valuation.apply(&moved("1", Some("3")));
    assert_eq!(valuation.apply(&back("1")).inward, value("3"));
}

#[test]
fn what_was_sold_before_it_came_and_comes_back_is_owed_no_more() {
    let mut valuation = Valuation::new(Costing::Fifo);
    valuation.apply(&moved("1", Some("1")));
    valuation.apply(&moved("-3", None));
    let flow = valuation.apply(&back("2"));
    assert_eq!((flow.inward, flow.revalued), (value("2"), Value::ZERO));
    assert_eq!((valuation.on_hand(), valuation.value()), (Stock::ZERO, Value::ZERO));
}

/// Applies them; what they did to the cost of sales, one after the other.
fn cost_of_sales(valuation: &mut Valuation, movements: &[Movement]) -> Value {
    let cost = |movement: &Movement| {
        let flow = valuation.apply(movement);
        let is_delivery = movement.kind == MovementKind::Receipt;
        if is_delivery { -flow.revalued } else { flow.outward - flow.revalued - flow.inward }
    };
    movements.iter().map(cost).sum()
}

fn lost(quantity: &str) -> Movement {
    Movement { kind: MovementKind::Waste, ..moved(quantity, None) }
}

/// What was sold and what was lost had cost, and what is there is worth, when these moved.
fn sold_lost_and_there(valuation: &mut Valuation, movements: &[Movement]) -> [Value; 3] {
    let (mut sold, mut wasted) = (Value::ZERO, Value::ZERO);
    for movement in movements {
        let flow = valuation.apply(movement);
        sold = sold - flow.revalued_sales;
        wasted = wasted - (flow.revalued - flow.revalued_sales);
        if matches!(movement.kind, MovementKind::Sale | MovementKind::Return) {
            sold += flow.outward - flow.inward;
        } else {
            wasted += flow.outward;
        }
    }
    [sold, wasted, valuation.value()]
}

#[test]
fn what_was_lost_before_it_came_costs_what_it_came_at_apart_from_what_was_sold() {
    let kinds = [MovementKind::Waste, MovementKind::Issue, MovementKind::Adjustment];
    let ways = [Costing::MovingAverage, Costing::Fifo].into_iter();
    for (costing, kind) in ways.flat_map(|costing| kinds.map(|kind| (costing, kind))) {
        let lost = |quantity: &str| Movement { kind, ..moved(quantity, None) };
        // Ten came, twelve were sold and three thrown away, so that five are owed when twelve more come.
        let story = [moved("10", Some("5")), moved("-12", None), lost("-3"), moved("12", Some("7"))];
        let figures = sold_lost_and_there(&mut Valuation::new(costing), &story);
        // 10 x 5 + 2 x 7 sold, 3 x 7 lost, 7 x 7 there.
        assert_eq!(figures, [value("64"), value("21"), value("49")], "{costing:?} {kind:?}");
        // Taken to cost 5 when they were sold and 6 when they were lost; both came at 7.
        let story = [
            moved("10", Some("5")),
            moved("-15", None),
            moved("3", Some("6")),
            lost("-3"),
            moved("12", Some("7")),
        ];
        let figures = sold_lost_and_there(&mut Valuation::new(costing), &story);
        // 10 x 5 + 3 x 6 + 2 x 7 sold, 3 x 7 lost, 7 x 7 there.
        assert_eq!(figures, [value("82"), value("21"), value("49")], "{costing:?} {kind:?}");
    }
}

#[test]
fn what_was_lost_while_goods_were_owed_is_not_taken_for_what_was_sold() {
    let mut valuation = Valuation::new(Costing::Fifo);
    let story = [moved("10", Some("5")), moved("-12", None), lost("-3"), moved("12", Some("7"))];
    sold_lost_and_there(&mut valuation, &story);
    // The two that were sold before they came, and three of the ten: 2 x 7 + 3 x 5.
    assert_eq!(valuation.apply(&back("5")).inward, value("29"));
    // Lost before it came, and sold after that: the delivery is of what was lost, which left first.
    let mut valuation = Valuation::new(Costing::Fifo);
    let story = [moved("10", Some("5")), moved("-10", None), lost("-3"), moved("-2", None)];
    sold_lost_and_there(&mut valuation, &story);
    let flow = valuation.apply(&moved("3", Some("6")));
    assert_eq!((flow.revalued, flow.revalued_sales), (value("-3"), Value::ZERO));
    let flow = valuation.apply(&back("3"));
    assert_eq!((flow.inward, flow.revalued), (value("15"), Value::ZERO), "two owed no more, one of the ten");
    assert_eq!((valuation.on_hand(), valuation.value()), (Stock::whole(1), value("5")));
}

#[test]
fn what_was_sold_before_it_came_comes_back_at_what_it_came_at() {
    let mut valuation = Valuation::new(Costing::Fifo);
    let sold = [moved("1", Some("1")), moved("-3", None), moved("2", Some("5"))];
    // One at 1, and the two that were owed at 5.
    assert_eq!(cost_of_sales(&mut valuation, &sold), value("11"));
    let flow = valuation.apply(&back("2"));
    assert_eq!((flow.inward, flow.revalued), (value("10"), Value::ZERO));
    assert_eq!(
        (valuation.on_hand(), valuation.value()),
        (Stock::whole(2), value("10")),
        "one stays sold, at 1"
    );
    // Of three that were owed one came, at 5: the two sold last are owed still, at the 1 they were taken to cost.
    let mut valuation = Valuation::new(Costing::Fifo);
    let sold = [moved("1", Some("1")), moved("-4", None), moved("1", Some("5"))];
    assert_eq!(cost_of_sales(&mut valuation, &sold), value("8"));
    let inward = ["2", "1", "1"].map(|pieces| valuation.apply(&back(pieces)).inward);
    assert_eq!(inward, [value("2"), value("5"), value("1")]);
    assert_eq!(
        (valuation.on_hand(), valuation.value()),
        (Stock::whole(2), value("6")),
        "what was paid for both"
    );
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

/// First in, first out, piece by piece: the slow way, against which the fast one is held.
#[derive(Default)]
struct Pieces {
    /// What each piece on the shelf cost, the next to go first.
    shelf: VecDeque<i64>,
    left: Vec<Left>,
    last_cost: i64,
}

/// A piece that left.
struct Left {
    cost: i64,
    is_sold: bool,
    is_owed: bool,
    is_back: bool,
}

impl Pieces {
    /// Delivers, sells, brings back or loses as many; none where nothing was sold that could come back.
    fn moved(&mut self, what: u8, count: i64, cost: i64) -> Option<Movement> {
        let away = (-count).to_string();
        match what {
            0 => {
                for _ in 0..count {
                    self.deliver(cost);
                }
                Some(moved(&count.to_string(), Some(&cost.to_string())))
            }
            1 => {
                for _ in 0..count {
                    self.leave(true);
                }
                Some(moved(&away, None))
            }
            2 => {
                let back_again = (0..count).filter(|_| self.bring_back()).count();
                (back_again > 0).then(|| back(&back_again.to_string()))
            }
            _ => {
                for _ in 0..count {
                    self.leave(false);
                }
                Some(lost(&away))
            }
        }
    }

    fn deliver(&mut self, cost: i64) {
        self.last_cost = cost;
        if !self.filled(cost) {
            self.shelf.push_back(cost);
        }
    }

    /// Whether it is in place of one that left before it came, the first first.
    fn filled(&mut self, cost: i64) -> bool {
        let Some(owed) = self.left.iter_mut().find(|piece| piece.is_owed) else { return false };
        (owed.cost, owed.is_owed) = (cost, false);
        true
    }

    fn leave(&mut self, is_sold: bool) {
        let there = self.shelf.pop_front();
        let (cost, is_owed) = (there.unwrap_or(self.last_cost), there.is_none());
        self.left.push(Left { cost, is_sold, is_owed, is_back: false });
    }

    fn bring_back(&mut self) -> bool {
        let sold = self.left.iter_mut().rev().find(|piece| piece.is_sold && !piece.is_back);
        let Some(piece) = sold else { return false };
        piece.is_back = true;
        let (cost, was_owed) = (piece.cost, piece.is_owed);
        piece.is_owed = false;
        if !was_owed && !self.filled(cost) {
            self.shelf.push_front(cost);
        }
        true
    }

    /// What was sold and what was lost had cost, and what is there is worth, less what is owed.
    fn figures(&self) -> [Value; 3] {
        let worth = |which: fn(&Left) -> bool| {
            self.left.iter().filter(|piece| which(piece)).map(|piece| piece.cost).sum::<i64>()
        };
        let there = self.shelf.iter().sum::<i64>() - worth(|piece| piece.is_owed);
        let sold = worth(|piece| piece.is_sold && !piece.is_back);
        [sold, worth(|piece| !piece.is_sold), there].map(|cost| Value(Decimal::from(cost)))
    }
}

fn any_movement() -> impl Strategy<Value = Movement> {
    (-99_999_i64..=99_999, prop::option::of(0_i64..=999_999), any::<bool>()).prop_map(
        |(change, cost, is_other)| {
            let text = Decimal::new(change, 3).to_string();
            let cost = cost.map(|cost| Decimal::new(cost, 4).to_string());
            let movement = moved(&text, cost.as_deref());
            let kind = match (is_other, change > 0) {
                (true, true) => MovementKind::Return,
                (true, false) => MovementKind::Waste,
                (false, _) => movement.kind,
            };
            Movement { kind, ..movement }
        },
    )
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
    fn sales_that_all_come_back_have_cost_nothing_first_in_first_out(
        story in prop::collection::vec((0_u8..3, 1_i64..=30, 1_i64..=99), 1..10),
    ) {
        let (mut movements, mut paid, mut gone) = (Vec::new(), Decimal::ZERO, 0);
        for (what, pieces, cents) in story {
            match what {
                0 => {
                    let cost = Decimal::new(cents, 2);
                    paid += cost * Decimal::from(pieces);
                    movements.push(moved(&pieces.to_string(), Some(&cost.to_string())));
                }
                1 => {
                    gone += pieces;
                    movements.push(moved(&(-pieces).to_string(), None));
                }
                _ if gone > 0 => {
                    movements.push(back(&pieces.min(gone).to_string()));
                    gone -= pieces.min(gone);
                }
                _ => {}
            }
        }
        if gone > 0 {
            movements.push(back(&gone.to_string()));
        }
        let mut valuation = Valuation::new(Costing::Fifo);
        prop_assert_eq!(cost_of_sales(&mut valuation, &movements), Value::ZERO);
        prop_assert_eq!(valuation.value(), Value(paid));
    }

    #[test]
    fn first_in_first_out_each_piece_costs_what_it_came_at_whether_it_was_sold_or_lost(
        story in prop::collection::vec((0_u8..4, 1_i64..=6, 1_i64..=9), 1..9),
    ) {
        let mut pieces = Pieces::default();
        let mut valuation = Valuation::new(Costing::Fifo);
        let (mut sold, mut wasted) = (Value::ZERO, Value::ZERO);
        for (what, count, cost) in story {
            let Some(movement) = pieces.moved(what, count, cost) else { continue };
            let [more_sold, more_wasted, there] = sold_lost_and_there(&mut valuation, &[movement]);
            sold += more_sold;
            wasted += more_wasted;
            prop_assert_eq!([sold, wasted, there], pieces.figures());
        }
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
