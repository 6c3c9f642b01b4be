//! A change that is committed late is behind every cursor that was given out before.

use std::sync::mpsc;

use saleflex_gate::{
    db::{DatabaseError, Session, Tenant},
    settings::OfficeWire,
};

use super::support::{Shop, every_books};

/// On SQLite who writes is alone: there is nothing that could be committed late.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_committed_late_hides_behind_no_cursor_that_was_given_out_before() {
    for books in every_books().await.into_iter().skip(1) {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        let token = Some(shop.till_1.secret.as_str());
        let changes =
            async |cursor: &str| shop.get(&format!("/api/v1/sync/changes?cursor={cursor}"), token).await.1;
        let (_, whole) = shop.get("/api/v1/sync/bootstrap", token).await;
        let before = whole["cursor"].as_str().unwrap().to_owned();
        let (began, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let (writer, company) = (books.clone(), shop.company);
        let work = move |session: &mut dyn Session| {
            let drawn = session.query("UPDATE company SET changes = changes + 1 RETURNING changes", &[])?;
            let version = drawn[0].integer(0)?;
            let sql = "UPDATE definition SET version = $1, body = replace(body, 'Sourdough', 'Late') \
                       WHERE resource = 'products' AND body LIKE '%Sourdough%'";
            session.execute(sql, &[version.into()])?;
            began.send(()).unwrap();
            may_go.recv().unwrap();
            Ok(())
        };
        let late =
            tokio::spawn(
                async move { writer.write::<_, DatabaseError>(Tenant::Company(company), work).await },
            );
        tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
        let meanwhile = changes(&before).await;
        assert_eq!(meanwhile["items"].as_array().unwrap().len(), 0, "it is not there yet");
        let given_out = meanwhile["next_cursor"].as_str().unwrap().to_owned();
        go.send(()).unwrap();
        late.await.unwrap().unwrap();
        let after = changes(&given_out).await;
        let items = after["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{after}");
        assert!(items[0]["name"].as_str().unwrap().contains("Late"), "{after}");
    }
}
