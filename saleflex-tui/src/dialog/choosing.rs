//! A prompt in which one of a few is chosen first: what is typed there and is no choice, and who has to be chosen.

use super::{Field, FieldKind, Prompt, Purpose};

/// The way to check an age that is not looking, among those to choose from.
const BY_BIRTH_DATE: usize = 1;

impl Prompt {
    /// Whether nobody is chosen yet who agrees.
    pub fn lacks_approver(&self) -> bool {
        matches!(self.purpose, Purpose::Approve(_)) && self.choice(0).is_none()
    }

    /// Says why it was not accepted. Where nobody was chosen who agrees, typing chooses somebody now, and what was typed for
    /// a secret is nobody's.
    pub fn refuse(&mut self, words: String) {
        if self.lacks_approver() {
            self.at = 0;
            for secret in self.fields.iter_mut().filter(|field| field.kind == FieldKind::Secret) {
                secret.line.clear();
            }
        }
        self.error = Some(words);
    }

    /// Chooses one of a few in the field that typing goes to.
    pub fn choose(&mut self, option: usize) {
        if let Some(FieldKind::Choice { options, at }) =
            self.fields.get_mut(self.at).map(|field| &mut field.kind)
            && option < options.len()
        {
            (*at, self.error) = (Some(option), None);
        }
    }

    /// Takes one of the reasons to pick from, from 1, as if its number had been typed.
    pub fn pick_reason(&mut self, no: usize) {
        let is_reason = |field: &Field| matches!(field.kind, FieldKind::Reason { .. });
        let Some(at) = self.fields.iter().position(is_reason) else { return };
        (self.at, self.error) = (at, None);
        if let Some(field) = self.fields.get_mut(at) {
            field.is_offered = false;
            field.line.clear();
            field.line.type_text(&no.to_string());
        }
    }

    /// Takes what is typed at a choice and chooses nothing; false where it means nothing. A digit begins the date of birth
    /// of whose age is checked, and the PIN of whoever is chosen where the one before was refused; there they may also go on
    /// with a badge that begins like a name.
    pub(super) fn type_past_choice(&mut self, character: char, is_chosen: bool) -> bool {
        if !character.is_ascii_digit() {
            return false;
        }
        if matches!(self.purpose, Purpose::Age(_)) {
            return self.type_birth_date(character);
        }
        is_chosen && self.is_named_anew && self.type_pin(character)
    }

    /// Types the first digit of a date of birth, by which the age is checked then.
    fn type_birth_date(&mut self, digit: char) -> bool {
        if let Some(FieldKind::Choice { at, .. }) = self.fields.get_mut(self.at).map(|field| &mut field.kind)
        {
            *at = Some(BY_BIRTH_DATE);
        }
        self.at += 1;
        self.type_char(digit)
    }

    /// Types the first digit of the PIN of whoever is chosen; false where none is asked for.
    fn type_pin(&mut self, digit: char) -> bool {
        let behind = self.at + 1;
        let is_secret = matches!(self.fields.get(behind), Some(Field { kind: FieldKind::Secret, .. }));
        if is_secret {
            (self.at, self.is_named_anew) = (behind, false);
        }
        is_secret && self.type_char(digit)
    }

    /// Goes back from a secret to whose it is.
    pub(super) fn go_to_names(&mut self) {
        let is_secret = self.field().is_some_and(|field| matches!(field.kind, FieldKind::Secret));
        let Some(before) = self.at.checked_sub(1).filter(|_| is_secret) else { return };
        if matches!(self.fields.get(before), Some(Field { kind: FieldKind::Choice { .. }, .. })) {
            (self.at, self.is_named_anew) = (before, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_under_the_mouse_stands_as_if_its_number_had_been_typed() {
        let known = vec!["damaged".to_owned(), "mistyped".to_owned()];
        let fields = vec![
            Field::new("", FieldKind::Number),
            Field::new("", FieldKind::Reason { known }).offering("1"),
        ];
        let mut prompt = Prompt::new("", fields, Purpose::Drawer);
        prompt.pick_reason(2);
        assert_eq!((prompt.at, prompt.said().as_deref()), (1, Some("mistyped")));
        prompt.choose(0);
        assert_eq!(prompt.said().as_deref(), Some("mistyped"), "what is no choice is none");
    }
}
