//! What the law of a country wants of a closure: the templates that come with the program, read from their text; and
//! which parts a country has, so that a code that is none is not taken for one.

use std::{collections::BTreeMap, sync::LazyLock};

use saleflex_core::closure::template::{BUILT_IN, PARTS, Region, Template, TemplateError, Templates};

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

/// A code that names no country, or no part of its country.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", told(.region, .nearest, .name))]
pub struct UnknownPart {
    /// The code.
    pub region: Region,
    /// The part whose code is most like it; where there is no such country, the country of the code.
    pub nearest: Region,
    /// What that is called.
    pub name: String,
}

impl UnknownPart {
    /// Whether there is no such country at all.
    pub fn is_of_no_country(&self) -> bool {
        !is_country(&self.region)
    }
}

fn told(region: &Region, nearest: &Region, name: &str) -> String {
    let country = region.country();
    if is_country(region) {
        format!("{region} is no part of {country}; the nearest is {nearest} ({name})")
    } else {
        format!("{country} is no country of ISO 3166")
    }
}

/// The countries of ISO 3166-1, and the code that Kosovo is known by.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Whether there is such a country, or the country of such a part.
fn is_country(region: &Region) -> bool {
    COUNTRIES.split(' ').any(|country| country == region.country().as_str())
}

/// Names of parts, by their codes.
type Parts = BTreeMap<String, String>;

/// The parts of the countries that are known.
static KNOWN: LazyLock<BTreeMap<&str, Parts>> = LazyLock::new(|| {
    let read = |text: &str| toml::from_str(text).expect("a test reads them all");
    PARTS.iter().map(|(country, text)| (*country, read(text))).collect()
});

/// What a part of a country is called; none of a whole country, and where the country's parts are not known.
///
/// # Errors
/// [`UnknownPart`] for a code that is none of its country's, and for a country that there is not.
///
/// # Panics
/// Never: a test reads the lists of the program.
pub fn name_of_part(region: &Region) -> Result<Option<&'static str>, UnknownPart> {
    let country = region.country();
    if !is_country(region) {
        let (nearest, name) = (country.clone(), country.to_string());
        return Err(UnknownPart { region: region.clone(), nearest, name });
    }
    let (Some(parts), Some(part)) = (KNOWN.get(country.as_str()), region.part()) else { return Ok(None) };
    if let Some(name) = parts.get(part) {
        return Ok(Some(name));
    }
    let by_likeness =
        parts.iter().min_by_key(|(code, _)| (distance(part, code), !part.starts_with(code.as_str())));
    // No list is empty, and each code in one makes a region.
    let nearest = by_likeness
        .and_then(|(code, name)| Some((Region::parse(&format!("{country}-{code}")).ok()?, name.clone())));
    let (nearest, name) = nearest.unwrap_or_else(|| (country.clone(), country.to_string()));
    Err(UnknownPart { region: region.clone(), nearest, name })
}

/// How many letters must be changed, put in or left out to make one code of another.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (column, known) in other.bytes().enumerate() {
            let changed = before + usize::from(letter != known);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
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

/// The templates that come with the program, with a shop's own laid over them: of the shop's own the latest of each region.
///
/// # Errors
/// The first [`TemplateError`] of the shop's own.
///
/// # Panics
/// Never: a test reads the templates of the program.
pub fn with(own: &[Template]) -> Result<Templates, TemplateError> {
    let built_in = BUILT_IN.iter().map(|(_, text)| toml::from_str(text).expect("a test reads them all"));
    Templates::new(built_in.chain(in_force(own)))
}

/// A shop's own templates, each for the regions that no later one has: of a region one alone is laid over the delivered one.
fn in_force(own: &[Template]) -> impl Iterator<Item = Template> {
    own.iter().enumerate().filter_map(|(at, one)| {
        let later = || own.iter().skip(at + 1);
        let mut one = one.clone();
        if one.regions.is_empty() {
            return later().all(|other| !other.regions.is_empty()).then_some(one);
        }
        one.regions.retain(|region| later().all(|other| !other.regions.contains(region)));
        (!one.regions.is_empty()).then_some(one)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(code: &str) -> Result<Option<&'static str>, String> {
        name_of_part(&Region::parse(code).unwrap()).map_err(|unknown| unknown.to_string())
    }

    #[test]
    fn a_part_that_a_country_has_not_is_told_with_the_nearest_and_other_countries_have_any() {
        assert_eq!(part("US-CA"), Ok(Some("California")));
        assert_eq!(part("TR-34"), Ok(Some("İstanbul")));
        assert_eq!(part("JP-13"), Ok(Some("Tokyo")));
        assert_eq!(part("FR-2A"), Ok(Some("Corse-du-Sud")));
        assert_eq!(part("GB-SCT"), Ok(Some("Scotland")));
        assert_eq!([part("US"), part("CA-QC"), part("NL-ZZ")], [Ok(None), Ok(None), Ok(None)]);
        let told = |code: &str| part(code).unwrap_err();
        assert_eq!(told("US-ZZ"), "US-ZZ is no part of US; the nearest is US-AZ (Arizona)");
        assert_eq!(told("DE-BYE"), "DE-BYE is no part of DE; the nearest is DE-BY (Bayern)");
        assert_eq!([part("CH"), part("XK"), part("KW")], [Ok(None), Ok(None), Ok(None)]);
        assert_eq!([told("ZZ"), told("ZZ-1")], ["ZZ is no country of ISO 3166"; 2]);
        assert_eq!(told("TR-82"), "TR-82 is no part of TR; the nearest is TR-02 (Adıyaman)");
    }

    #[test]
    fn the_lists_have_every_part_and_every_template_of_a_part_is_of_one() {
        let counts: Vec<_> = KNOWN.iter().map(|(country, parts)| (*country, parts.len())).collect();
        // As many as ISO 3166-2 lists, with the groupings of the United Kingdom and the former code of Paris.
        let listed = [("DE", 16), ("FR", 125), ("GB", 224), ("JP", 47), ("TR", 81), ("US", 57)];
        assert_eq!(counts, listed);
        for (country, parts) in KNOWN.iter() {
            for (code, name) in parts {
                let region = Region::parse(&format!("{country}-{code}")).unwrap();
                assert_eq!(name_of_part(&region), Ok(Some(name.as_str())), "{region}");
            }
        }
        for region in with(&[]).unwrap().regions() {
            assert!(name_of_part(region).is_ok(), "{region}");
        }
    }

    #[test]
    fn every_template_of_the_program_can_be_read_and_a_shop_lays_its_own_over_them() {
        let own = read("name = \"PT\"\nversion = 3\nregions = [\"PT\"]\n[fields]\nnote = \"free\"").unwrap();
        let templates = with(&[own]).unwrap();
        let layers = |code: &str| templates.resolve(&Region::parse(code).unwrap()).layers;
        assert_eq!(layers("PT"), [("EU".to_owned(), 1), ("PT".to_owned(), 3)]);
        assert_eq!(layers("US-NY").len(), 2);
        assert_eq!(layers("BR")[0].0, "default");
        assert!(matches!(read("name ="), Err(NotATemplate::Unreadable(_))));
        let bad = "name = \"x\"\nversion = 1\n[fields]\n\"Bad Name\" = \"free\"";
        assert!(matches!(read(bad), Err(NotATemplate::Invalid(_))));
    }

    #[test]
    fn of_a_shops_own_templates_the_latest_of_a_region_alone_is_in_force() {
        let own = |name: &str, regions: &str, field: &str| {
            let text = format!(
                "name = \"{name}\"\nversion = 1\nregions = [{regions}]\n[fields]\n{field} = \"free\""
            );
            read(&text).unwrap()
        };
        let templates = with(&[
            own("a", "\"PT\", \"ES\"", "of_a"),
            own("b", "\"PT\"", "of_b"),
            own("c", "", "of_c"),
            own("d", "", "of_d"),
        ])
        .unwrap();
        let of = |code: &str| templates.resolve(&Region::parse(code).unwrap());
        let layers = |code: &str| of(code).layers.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!([layers("PT"), layers("ES")], [["EU", "b"], ["EU", "a"]]);
        let fields = of("PT").template.fields;
        assert!(fields.contains_key("of_b") && !fields.contains_key("of_a"), "{fields:?}");
        assert_eq!(layers("BR"), ["default", "d"]);
    }
}
