//! What became of a record while somebody typed: a hub may have sent another price meanwhile, or another department that
//! moves the places of those there are to choose from.

use super::{Entered, Value};

impl Entered {
    /// Meets what the till holds now: what was chosen is found again by its words. Answers the fields of which it is no choice
    /// any more and, of a record that is kept, those that somebody else changed: saving would put back what was shown.
    pub(crate) fn meet(&mut self, present: &[(&'static str, Value)], is_kept: bool) -> Vec<&'static str> {
        let mut changed = Vec::new();
        for (name, now) in present {
            let shown = self.shown.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            let entered = self.fields.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value);
            let (Some(shown), Some(entered)) = (shown, entered) else { continue };
            let is_changed = held(now) != held(shown) && held(now) != held(entered);
            if (is_kept && (is_changed || is_another(name, shown, now))) || !find_again(entered, now) {
                changed.push(*name);
            }
        }
        changed
    }
}

/// Whether another record stands where this one stood: some are told by their place in a list, and what they are known by
/// is only shown.
fn is_another(name: &str, shown: &Value, now: &Value) -> bool {
    matches!((name, shown, now), ("CODE", Value::Fixed(shown), Value::Fixed(now)) if shown != now)
}

/// What a field holds that is written back when its record is saved.
#[derive(PartialEq)]
enum Held<'a> {
    Words(&'a str),
    Flag(bool),
}

/// What is compared; nothing of a field that is only shown or typed anew each time. A text of several lines says its version
/// beside it.
fn held(value: &Value) -> Option<Held<'_>> {
    match value {
        Value::Text(text) => Some(Held::Words(text.trim())),
        Value::Flag(flag) => Some(Held::Flag(*flag)),
        Value::Choice { options, at } => options.get(*at).map(|words| Held::Words(words)),
        Value::Secret(_) | Value::Pieces { .. } | Value::Fixed(_) | Value::Lines(_) | Value::Area(_) => None,
    }
}

/// Puts what was chosen in its place among what there is to choose from now; false where it is no choice any more, or two are
/// called so.
fn find_again(entered: &mut Value, now: &Value) -> bool {
    let (Value::Choice { options, at }, Value::Choice { options: present, .. }) = (entered, now) else {
        return true;
    };
    if *options == *present {
        return true;
    }
    let Some(words) = options.get(*at) else { return false };
    let mut places = (0..present.len()).filter(|place| present.get(*place) == Some(words));
    let (Some(place), None) = (places.next(), places.next()) else { return false };
    *at = place;
    options.clone_from(present);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(options: &[&str], at: usize) -> Value {
        Value::Choice { options: options.iter().map(|option| (*option).to_owned()).collect(), at }
    }

    fn entered(shown: Value, typed: Value) -> Entered {
        Entered { fields: vec![("FIELD", typed)], shown: vec![("FIELD", shown)], worth: Vec::new() }
    }

    #[test]
    fn what_was_chosen_is_found_again_by_its_words_whatever_place_it_has_now() {
        let (food, wine) = (choice(&["101 Food", "200 Wine"], 0), choice(&["101 Food", "200 Wine"], 1));
        let present = [("FIELD", choice(&["50 Beer", "101 Food", "200 Wine"], 1))];
        let mut chosen = entered(food.clone(), wine.clone());
        assert!(chosen.meet(&present, true).is_empty());
        assert_eq!((chosen.choice("FIELD"), chosen.chosen("FIELD")), (2, Some("200 Wine")));
        // Of a new record too; what is gone, or called as another, is asked for again.
        assert!(entered(food.clone(), wine.clone()).meet(&present, false).is_empty());
        for gone in [choice(&["101 Food"], 0), choice(&["200 Wine", "101 Food", "200 Wine"], 1)] {
            assert_eq!(entered(food.clone(), wine.clone()).meet(&[("FIELD", gone)], false), ["FIELD"]);
        }
    }

    #[test]
    fn what_somebody_else_changed_is_no_more_written_over_than_what_is_the_same_is_asked_about() {
        let text = |words: &str| Value::Text(words.to_owned());
        let meet = |shown: &str, typed: &str, now: &str, is_kept| {
            entered(text(shown), text(typed)).meet(&[("FIELD", text(now))], is_kept).is_empty()
        };
        assert!(!meet("2.00", "2.00", "3.00", true), "it would be put back");
        assert!(!meet("2.00", "2.50", "3.00", true), "nobody saw what they write over");
        assert!(meet("2.00", "2.50", "2.00", true));
        assert!(meet("2.00", " 3.00", "3.00", true), "both want the same");
        assert!(meet("2.00", "2.50", "3.00", false), "a new record writes over nothing");
        let ticked = |shown, typed, now| {
            let mut entered = entered(Value::Flag(shown), Value::Flag(typed));
            entered.meet(&[("FIELD", Value::Flag(now))], true).is_empty()
        };
        assert!(!ticked(true, true, false) && ticked(true, false, true));
        let shown = |words: &str| Value::Fixed(words.to_owned());
        assert!(entered(shown("7"), shown("7")).meet(&[("FIELD", shown("6"))], true).is_empty());
        let mut list = Entered {
            fields: vec![("CODE", shown("SPRING"))],
            shown: vec![("CODE", shown("SPRING"))],
            worth: Vec::new(),
        };
        assert!(list.meet(&[("CODE", shown("SPRING"))], true).is_empty());
        assert_eq!(list.meet(&[("CODE", shown("AUTUMN"))], true), ["CODE"], "another list has its place");
    }
}
