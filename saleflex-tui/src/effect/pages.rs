//! The pages of product keys: the shop's favourites, then a page a department or what the sale screen's definition says.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{Catalog, Named, PriceRule, ProductRef, Variant},
    ids::ProductId,
    money::Currency,
    quantity::UnitPrice,
    settings::FavouriteKeys,
};
use saleflex_store::{Shell, Till};

use super::{Denial, Desk, Outcome};
use crate::{
    form::pages::{KeyLayout, PageLayout},
    log, message,
    text::{Key, Text},
    view::{Group, Page, ProductKey},
};

/// Most product keys of a page; nobody turns further, and what is beyond is found by searching.
const MOST_KEYS: usize = 990;

/// Sales that what sells best is told from.
const LATEST_SALES: u16 = 300;

/// All pages of a till. Without `layouts` each main department has one.
fn all(till: &Till, text: &Text, today: NaiveDate, layouts: &[PageLayout]) -> Vec<Page> {
    let catalog = till.catalog();
    let mut pages: Vec<Page> = favourites(till, text, today).into_iter().collect();
    if layouts.is_empty() {
        pages.extend(of_departments(catalog, today));
    } else {
        let key = |layout: &KeyLayout| defined_key(catalog, today, till.currency(), text, layout);
        pages.extend(layouts.iter().map(|layout| Page {
            department: None,
            name: text.caption(&layout.caption).to_owned(),
            keys: layout.keys.iter().take(MOST_KEYS).map(key).collect(),
            groups: Vec::new(),
        }));
    }
    pages
}

/// The shop's choice, then what sells best; none where neither is wanted.
fn favourites(till: &Till, text: &Text, today: NaiveDate) -> Option<Page> {
    let FavouriteKeys { chosen, best_sold } = &till.settings().favourites;
    let (catalog, currency) = (till.catalog(), till.currency());
    if !till.settings().favourites.is_shown() {
        return None;
    }
    let layout = |code: &String| KeyLayout { named: Named::Either, code: code.clone(), caption: None };
    let keys = chosen.iter().map(|code| defined_key(catalog, today, currency, text, &layout(code)));
    let mut keys: Vec<ProductKey> = keys.collect();
    if *best_sold {
        let known: Vec<ProductId> =
            chosen.iter().filter_map(|code| catalog.find(code, today, currency).ok()?.product).collect();
        // The page is no reason not to sell: what cannot be read is left out, and support finds it in the log.
        let best = till.best_sold(LATEST_SALES).inspect_err(log::error).unwrap_or_default();
        let others = best.into_iter().filter(|product| !known.contains(product));
        let sellable = others.filter(|product| catalog.find_product(*product, today).is_ok());
        let products = sellable.filter_map(|product| catalog.product(product));
        let free = FavouriteKeys::MOST.saturating_sub(keys.len());
        keys.extend(products.take(free).map(|product| key_of(catalog, product, today)));
    }
    Some(Page { department: None, name: text.word(Key::Favourites).to_owned(), keys, groups: Vec::new() })
}

/// A page for each main department: its own products by name, then those of each of its sub departments.
fn of_departments(catalog: &Catalog, today: NaiveDate) -> impl Iterator<Item = Page> {
    let mains = catalog.departments().filter(|department| department.no.is_main());
    mains.map(move |department| {
        let mut products = catalog.in_department(department.no);
        products.retain(|product| product.is_active());
        // By name within each: the order that they come in stays.
        products.sort_by_key(|product| product.department());
        products.truncate(MOST_KEYS);
        let runs = products.chunk_by(|one, next| one.department() == next.department());
        let group = |run: &[ProductRef<'_>]| {
            let no = run.first().map(|product| product.department());
            let of = catalog.departments().find(|known| Some(known.no) == no);
            Group { name: of.map(|of| of.name.clone()).unwrap_or_default(), keys: run.len() }
        };
        let groups: Vec<Group> = runs.map(group).collect();
        Page {
            department: Some(department.no),
            name: department.name.clone(),
            keys: products.into_iter().map(|product| key_of(catalog, product, today)).collect(),
            groups: if groups.len() > 1 { groups } else { Vec::new() },
        }
    })
}

fn key_of(catalog: &Catalog, product: ProductRef<'_>, today: NaiveDate) -> ProductKey {
    ProductKey { variants: variants(catalog, product, today), ..plain_key(catalog, product, today) }
}

/// What is for sale of a product's style, by size and colour; nothing where that leaves no choice.
fn variants(catalog: &Catalog, product: ProductRef<'_>, today: NaiveDate) -> Vec<ProductKey> {
    let own = catalog.details(product.id()).and_then(|details| details.variant.as_ref());
    let Some(own) = own else { return Vec::new() };
    let key = |(variant, product): (&Variant, ProductRef<'_>)| {
        let cells = [&variant.size, &variant.colour].map(Option::as_deref);
        let cell = cells.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let key = plain_key(catalog, product, today);
        let name = if cell.is_empty() { key.name } else { cell };
        ProductKey { name, ..key }
    };
    let mut keys: Vec<ProductKey> = catalog.variants(&own.style).into_iter().map(key).collect();
    keys.retain(|key| key.is_sellable);
    if keys.len() > 1 { keys } else { Vec::new() }
}

fn plain_key(catalog: &Catalog, product: ProductRef<'_>, today: NaiveDate) -> ProductKey {
    ProductKey {
        product: Some(product.id()),
        named: Named::Code,
        code: product.code().to_owned(),
        name: product.short_name().to_owned(),
        price: product.price_on(today),
        price_rule: product.price_rule(),
        is_sellable: catalog.find_product(product.id(), today).is_ok(),
        variants: Vec::new(),
    }
}

/// A key that somebody put there. What is not sold any more keeps its place, struck through.
fn defined_key(
    catalog: &Catalog,
    today: NaiveDate,
    currency: &Currency,
    text: &Text,
    layout: &KeyLayout,
) -> ProductKey {
    let caption = layout.caption.as_ref().map(|caption| text.caption(caption).to_owned());
    let found = catalog.find_named(layout.named, &layout.code, today, currency).ok();
    let product = found.as_ref().and_then(|item| item.product).and_then(|id| catalog.product(id));
    ProductKey {
        product: product.map(ProductRef::id),
        named: layout.named,
        code: layout.code.clone(),
        name: caption
            .or_else(|| product.map(|product| product.short_name().to_owned()))
            .unwrap_or_else(|| layout.code.clone()),
        price: found.as_ref().map_or(UnitPrice::ZERO, |item| item.price),
        price_rule: product.map_or(PriceRule::Fixed, ProductRef::price_rule),
        is_sellable: found.is_some(),
        // A barcode is one variant's own; the code is what all of them are known by on paper.
        variants: product
            .filter(|product| product.code() == layout.code)
            .map_or_else(Vec::new, |product| variants(catalog, product, today)),
    }
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Takes the pages of product keys as they are now. While nobody is logged in nobody sees them: then whoever comes
    /// takes them, and the log-in screen does not wait for them.
    pub(super) fn take_pages(&mut self) {
        let today = self.shell.now().business_date;
        self.pages_of = None;
        let Some(till) = self.till.as_ref().filter(|till| till.on_duty().is_some()) else { return };
        self.pages = all(till, self.text, today, &self.layouts).into();
        self.pages_of = Some(today);
        self.take_short();
    }

    /// Puts the products in order while nobody types, so that neither the first who logs in nor the first search waits.
    pub fn prepare_search(&self) {
        if let Some(till) = &self.till {
            till.catalog().prepare_search();
        }
    }

    /// Takes the pages once the day they are of is over, and says whether it is: a price list may begin or end, and what may be sold.
    pub fn turn_day(&mut self) -> bool {
        let is_over = self.pages_of.is_some_and(|day| day != self.shell.now().business_date);
        if is_over {
            self.take_pages();
        }
        is_over
    }

    /// Puts a product on the first page of keys, or takes it off.
    pub(super) fn toggle_favourite(&mut self, product: ProductId) -> Result<Outcome, Denial> {
        let (text, today) = (self.text(), self.now().date());
        let said = |words: String| Denial::Said(words);
        let Some(till) = self.till() else { return Err(said(text.word(Key::NotLoggedIn).to_owned())) };
        let Some(known) = till.catalog().product(product) else { return Ok(Outcome::default()) };
        let (code, name) = (known.code().to_owned(), known.short_name().to_owned());
        let mut settings = till.settings().clone();
        // A barcode of it may have been chosen.
        let is_it = |other: &&String| {
            let found = till.catalog().find(other, today, till.currency());
            found.is_ok_and(|item| item.product == Some(product))
        };
        let key = settings.favourites.chosen.iter().find(is_it).cloned().unwrap_or(code);
        let most = FavouriteKeys::MOST.to_string();
        let is_there = settings.favourites.toggle(&key);
        let is_there = is_there.map_err(|_| said(text.fill(Key::FavouritesBad, &[("most", &most)])))?;
        till.change_settings(settings).map_err(|error| said(message::error(text, &error)))?;
        self.take_pages();
        let words = if is_there { Key::SaidFavourite } else { Key::SaidNoFavourite };
        Ok(Outcome { message: Some(text.fill(words, &[("name", &name)])), ..Outcome::default() })
    }
}
