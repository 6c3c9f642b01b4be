use std::sync::Mutex;

use super::*;

/// A server, of which it is told when it was asked.
struct Server(Arc<Mutex<Vec<&'static str>>>);

/// Finds nothing.
struct Empty;

impl Session for Empty {
    fn execute(&mut self, _: &str, _: &[Value]) -> Result<u64, DatabaseError> {
        Ok(0)
    }

    fn query(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        Ok(Vec::new())
    }

    fn batch(&mut self, _: &str) -> Result<(), DatabaseError> {
        Ok(())
    }
}

impl Database for Server {
    fn transact(&self, _: Tenant, _: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        self.0.lock().unwrap().push("asked");
        work(&mut Empty);
        Ok(())
    }

    fn answers_later(&self) -> bool {
        true
    }

    fn migrations(&self) -> &'static [&'static str] {
        &[]
    }
}

#[tokio::test]
async fn what_is_long_is_done_before_a_server_is_asked_and_what_is_short_meanwhile() {
    for (is_long, order) in [(true, ["prepared", "asked"]), (false, ["asked", "prepared"])] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let books = Books { database: Arc::new(Server(Arc::clone(&told))) };
        let preparing = Arc::clone(&told);
        let prepare = move |_: &dyn Database| preparing.lock().unwrap().push("prepared");
        let written = books.write_prepared(Tenant::Platform, (is_long, prepare), |_, (), _| Ok(()));
        written.await.unwrap();
        assert_eq!(*told.lock().unwrap(), order);
    }
}
