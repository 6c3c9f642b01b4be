//! What the law of a country wants of a closure: the templates that come with the program, read from their text.

use saleflex_core::closure::template::{BUILT_IN, Template, TemplateError, Templates};

/// Why a text is no template.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotATemplate {
    /// It is no TOML, or has fields that a template has not.
    #[error("the template cannot be read")]
    Unreadable(#[source] Box<toml::de::Error>),
    /// It can be read, but a name in it is none.
    #[error(transparent)]
    Invalid(#[from] TemplateError),
}

/// Reads a template from its file's text, for [`saleflex_core::settings::Settings::templates`].
///
/// # Errors
/// [`NotATemplate`].
pub fn read(text: &str) -> Result<Template, NotATemplate> {
    let template: Template =
        toml::from_str(text).map_err(|cause| NotATemplate::Unreadable(Box::new(cause)))?;
    template.check()?;
    Ok(template)
}

/// The templates that come with the program, with a shop's own laid over them.
///
/// # Errors
/// The first [`TemplateError`] of the shop's own.
///
/// # Panics
/// Never: a test reads the templates of the program.
pub fn with(own: &[Template]) -> Result<Templates, TemplateError> {
    let built_in = BUILT_IN.iter().map(|(_, text)| toml::from_str(text).expect("a test reads them all"));
    Templates::new(built_in.chain(own.iter().cloned()))
}

#[cfg(test)]
mod tests {
    use saleflex_core::closure::template::Region;

    use super::*;

    #[test]
    fn every_template_of_the_program_can_be_read_and_a_shop_lays_its_own_over_them() {
        let own = read("name = \"PT\"\nversion = 3\nregions = [\"PT\"]\n[fields]\nnote = \"free\"").unwrap();
        let templates = with(&[own]).unwrap();
        let layers = |code: &str| templates.resolve(&Region::parse(code).unwrap()).layers;
        assert_eq!(layers("PT"), [("PT".to_owned(), 3)]);
        assert_eq!(layers("US-NY").len(), 2);
        assert_eq!(layers("BR")[0].0, "default");
        assert!(matches!(read("name ="), Err(NotATemplate::Unreadable(_))));
        let bad = "name = \"x\"\nversion = 1\n[fields]\n\"Bad Name\" = \"free\"";
        assert!(matches!(read(bad), Err(NotATemplate::Invalid(_))));
    }
}
