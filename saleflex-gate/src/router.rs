//! Every route, once.

use std::any::Any;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Uri, uri::PathAndQuery},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use tower::{Layer, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::{
    OpenApi as _,
    openapi::{OpenApi, OpenApiBuilder},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use crate::{
    ApiError, Hub,
    access::routes::BASE,
    definitions::{paths, rules},
    gatehouse, metrics, openapi, request,
    routes::{
        administration, auth, boards, companies, contacts, coupons, customers, definitions, device,
        documents, files, gift_cards, goods, health, me, messages, offers, office, older, ownership,
        passcodes, pictures, places, price_lists, prices, purchasing, push, quotas, receipt_texts, recovery,
        relay, reports, second_factor, segments, sequences, staff, stock, stocktakes, stream, sync,
        terminals, transactions, viewer,
    },
};

/// The whole service, as the program serves it and as tests call it.
pub fn app(hub: Hub) -> Router {
    // What routes say of themselves is let go one by one: together it is as large as everything else that is held.
    let router = Router::new().nest(BASE, version_1(&mut |_| {}));
    let described = Router::new()
        .route("/openapi.json", get(openapi::show))
        .route("/docs", get(viewer::page))
        .route("/metrics", get(metrics::show));
    let served = router
        .merge(described)
        .fallback(|| async { ApiError::no_route() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(DefaultBodyLimit::max(hub.settings.body_limit_bytes))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(hub.clone(), gatehouse::admit))
        .layer(middleware::from_fn_with_state(hub.clone(), request::observe))
        .with_state(hub);
    // A path is rewritten before any route is looked up, so the router stands inside the rewriting service.
    let renamed = MapRequestLayer::new(rename::<axum::body::Body>).layer(served);
    Router::new().fallback_service(renamed)
}

/// The document that the routes make.
pub(crate) fn described() -> OpenApi {
    let mut document = openapi::Head::openapi();
    tell(&mut |said| document.merge(said));
    document
}

/// Tells of each registration what its routes say of themselves, by their whole paths.
pub(crate) fn tell(told: &mut dyn FnMut(OpenApi)) {
    drop(version_1(&mut |said| told(OpenApiBuilder::new().build().nest(BASE, said))));
}

/// Routes as they are registered; what each says of itself is told and not kept.
struct Routes<'a> {
    router: Router<Hub>,
    told: &'a mut dyn FnMut(OpenApi),
}

impl Routes<'_> {
    fn routes(self, registered: UtoipaMethodRouter<Hub>) -> Self {
        let Self { router, told } = self;
        let (router, said) = OpenApiRouter::from(router).routes(registered).split_for_parts();
        told(said);
        Self { router, told }
    }
}

#[expect(deprecated, reason = "what older clients name is served, and marked in the document")]
fn version_1(told: &mut dyn FnMut(OpenApi)) -> Router<Hub> {
    let routes = Routes { router: Router::new(), told }
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(office::init))
        .routes(routes!(office::transactions))
        .routes(routes!(office::closures))
        .routes(routes!(office::sequences))
        .routes(routes!(device::enroll))
        .routes(routes!(device::token))
        .routes(routes!(device::rotate))
        .routes(routes!(device::older_token))
        .routes(routes!(push::push))
        .routes(routes!(sync::state))
        .routes(routes!(sync::changes))
        .routes(routes!(sync::bootstrap))
        .routes(routes!(sync::heartbeat))
        .routes(routes!(stream::stream))
        .routes(routes!(quotas::exchange))
        .routes(routes!(sync::notifications))
        .routes(routes!(sync::read))
        .routes(routes!(sync::read_all))
        .routes(routes!(older::transactions))
        .routes(routes!(older::closures))
        .routes(routes!(older::device_transactions))
        .routes(routes!(older::device_closures))
        .routes(routes!(older::device_movements))
        .routes(routes!(older::device_usages))
        .routes(routes!(older::device_points))
        .routes(routes!(sequences::tell))
        .routes(routes!(older::movements))
        .routes(routes!(older::erp_sync))
        .routes(routes!(older::payment))
        .routes(routes!(older::calculate))
        .routes(routes!(older::products))
        .routes(routes!(older::prices))
        .routes(routes!(older::campaigns));
    rows(cards(goods(business(stores(people(routes)))))).router
}

fn people(routes: Routes<'_>) -> Routes<'_> {
    routes
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::change_password))
        .routes(routes!(recovery::forgot))
        .routes(routes!(recovery::reset))
        .routes(routes!(second_factor::show, second_factor::remove))
        .routes(routes!(second_factor::enroll))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::renew_codes))
        .routes(routes!(auth::sessions))
        .routes(routes!(auth::end_session))
        .routes(routes!(auth::choose_company))
        .routes(routes!(auth::keys))
        .routes(routes!(staff::log_in_at))
        .routes(routes!(staff::log_out_at))
        .routes(routes!(me::show, me::change))
        .routes(routes!(me::put_pin))
        .routes(routes!(pictures::show, pictures::put, pictures::remove))
        .routes(routes!(me::companies))
        .routes(routes!(me::permissions))
        .routes(routes!(me::assignments))
        .routes(routes!(messages::list))
        .routes(routes!(messages::read))
        .routes(routes!(messages::read_all))
        .routes(routes!(messages::send))
        .routes(routes!(companies::list, companies::found))
        .routes(routes!(companies::ask))
        .routes(routes!(companies::show, companies::change))
        .routes(routes!(companies::join_requests))
        .routes(routes!(companies::approve))
        .routes(routes!(companies::reject))
        .routes(routes!(companies::invitations, companies::invite))
        .routes(routes!(companies::withdraw))
        .routes(routes!(companies::accept_invitation))
        .routes(routes!(companies::members))
        .routes(routes!(companies::remove))
        .routes(routes!(pictures::of_member))
        .routes(routes!(companies::grant_admin, companies::revoke_admin))
        .routes(routes!(ownership::offer_ownership, ownership::withdraw_offer))
        .routes(routes!(ownership::accept_ownership))
        .routes(routes!(ownership::drop_ownership))
        .routes(routes!(ownership::deletion, ownership::start_deletion, ownership::cancel_deletion))
        .routes(routes!(ownership::approve_deletion, ownership::revoke_approval))
        .routes(routes!(staff::assignments, staff::assign))
        .routes(routes!(staff::assignment, staff::reassign, staff::unassign))
        .routes(routes!(staff::users, staff::take_on))
        .routes(routes!(staff::show, staff::change))
        .routes(routes!(staff::put_pin))
}

fn stores(routes: Routes<'_>) -> Routes<'_> {
    routes
        .routes(routes!(places::regions, places::add_region))
        .routes(routes!(places::region, places::change_region, places::remove_region))
        .routes(routes!(places::stores, places::open_store))
        .routes(routes!(places::store, places::change_store))
        .routes(routes!(places::close_store))
        .routes(routes!(places::reopen_store))
        .routes(routes!(contacts::list, contacts::add))
        .routes(routes!(contacts::show, contacts::change, contacts::remove))
        .routes(routes!(terminals::list, terminals::add))
        .routes(routes!(terminals::show, terminals::change))
        .routes(routes!(terminals::suspend))
        .routes(routes!(terminals::resume))
        .routes(routes!(terminals::revoke))
        .routes(routes!(terminals::relocate))
        .routes(routes!(terminals::rotate))
        .routes(routes!(terminals::invite))
        .routes(routes!(terminals::settings, terminals::put_settings))
        .routes(routes!(terminals::send_signal))
        .routes(routes!(passcodes::list))
        .routes(routes!(sync::standing))
        .routes(routes!(relay::show))
        .routes(routes!(sequences::list))
        .routes(routes!(sequences::put_right))
        .routes(routes!(administration::entries))
        .routes(routes!(administration::check))
        .routes(routes!(administration::keys, administration::issue_key))
        .routes(routes!(administration::revoke_key))
}

fn business(routes: Routes<'_>) -> Routes<'_> {
    routes
        .routes(routes!(definitions::resources))
        .routes(routes!(definitions::list, definitions::make))
        .routes(routes!(definitions::show, definitions::change, definitions::remove))
        .routes(routes!(prices::put))
        .routes(routes!(price_lists::list, price_lists::put))
        .routes(routes!(price_lists::show, price_lists::put_one, price_lists::take_off))
        .routes(routes!(customers::erase))
        .routes(routes!(segments::members, segments::put_members))
        .routes(routes!(receipt_texts::show, receipt_texts::put))
        .routes(routes!(receipt_texts::of_store, receipt_texts::put_of_store))
        .routes(routes!(files::preview))
        .routes(routes!(files::show))
        .routes(routes!(files::faults))
        .routes(routes!(files::commit))
        .routes(routes!(files::export))
        .routes(routes!(documents::list))
        .routes(routes!(documents::show))
        .routes(routes!(documents::closures))
        .routes(routes!(documents::closure))
        .routes(routes!(documents::closure_report))
        .routes(routes!(documents::report))
        .routes(routes!(documents::receipt))
        .routes(routes!(transactions::list))
        .routes(routes!(transactions::show))
        .routes(routes!(transactions::receipt))
        .routes(routes!(boards::show))
        .routes(routes!(reports::catalogue))
        .routes(routes!(reports::show))
        .routes(routes!(reports::export))
        .routes(routes!(reports::job))
        .routes(routes!(reports::file))
        .routes(routes!(stock::levels))
        .routes(routes!(stock::movements, goods::take))
        .routes(routes!(stock::of_product))
        .routes(routes!(offers::evaluate))
        .routes(routes!(offers::validate))
        .routes(routes!(offers::redeem))
        .routes(routes!(offers::release))
        .routes(routes!(coupons::issue))
        .routes(routes!(quotas::list))
        .routes(routes!(quotas::write_off))
        .routes(routes!(offers::find_member))
        .routes(routes!(offers::enroll))
        .routes(routes!(offers::member))
        .routes(routes!(offers::entries))
        .routes(routes!(offers::quote))
        .routes(routes!(offers::reserve))
        .routes(routes!(offers::commit))
        .routes(routes!(offers::reverse))
        .routes(routes!(offers::adjust))
}

fn goods(routes: Routes<'_>) -> Routes<'_> {
    routes
        .routes(routes!(goods::adjustments, goods::adjust))
        .routes(routes!(goods::approve))
        .routes(routes!(goods::reject))
        .routes(routes!(goods::correct))
        .routes(routes!(goods::transfers, goods::write_transfer))
        .routes(routes!(goods::transfer))
        .routes(routes!(goods::ship))
        .routes(routes!(goods::arrive))
        .routes(routes!(goods::give_up))
        .routes(routes!(stocktakes::list, stocktakes::open))
        .routes(routes!(stocktakes::show))
        .routes(routes!(stocktakes::count))
        .routes(routes!(stocktakes::close))
        .routes(routes!(stocktakes::approve))
        .routes(routes!(stocktakes::cancel))
        .routes(routes!(purchasing::suppliers, purchasing::add_supplier))
        .routes(routes!(purchasing::supplier, purchasing::change_supplier))
        .routes(routes!(purchasing::orders, purchasing::write))
        .routes(routes!(purchasing::order, purchasing::amend))
        .routes(routes!(purchasing::receive))
}

fn cards(routes: Routes<'_>) -> Routes<'_> {
    routes
        .routes(routes!(gift_cards::list, gift_cards::issue))
        .routes(routes!(gift_cards::number))
        .routes(routes!(gift_cards::find))
        .routes(routes!(gift_cards::show))
        .routes(routes!(gift_cards::entries))
        .routes(routes!(gift_cards::load))
        .routes(routes!(gift_cards::redeem))
        .routes(routes!(gift_cards::refund))
        .routes(routes!(gift_cards::block))
        .routes(routes!(gift_cards::unblock))
}

/// Rows under the paths that they have of their own, by the same handlers as at `/definitions/{resource}`.
fn rows(mut routes: Routes<'_>) -> Routes<'_> {
    let lists: UtoipaMethodRouter<Hub> = routes!(definitions::list, definitions::make);
    let each: UtoipaMethodRouter<Hub> = routes!(definitions::show, definitions::change, definitions::remove);
    for rule in rules::all() {
        for (path, (_, said, served)) in paths::of(rule).into_iter().flatten().zip([&lists, &each]) {
            routes =
                routes.routes((Vec::new(), openapi::rows::at(said, (rule, path.as_str())), served.clone()));
        }
    }
    routes
}

/// Old clients leave the version out of a path or end it with a slash.
fn rename<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let path = request.uri().path();
    let trimmed = path.trim_end_matches('/');
    let renamed = match trimmed.strip_prefix("/api/") {
        Some(rest) if rest != "v1" && !rest.starts_with("v1/") => format!("/api/v1/{rest}"),
        _ if trimmed.len() < path.len() && !trimmed.is_empty() => trimmed.to_owned(),
        _ => return request,
    };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = PathAndQuery::try_from(format!("{renamed}{query}")) {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// A handler that panicked is a defect: the client is told nothing of it, the log everything.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(said: Box<dyn Any + Send + 'static>) -> Response {
    let said =
        said.downcast_ref::<String>().map(String::as_str).or_else(|| said.downcast_ref::<&str>().copied());
    tracing::error!(said, "a handler panicked");
    ApiError::internal().into_response()
}
