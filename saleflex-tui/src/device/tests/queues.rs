use saleflex_store::{Till, demo, shell::ManualShell};

use super::*;

fn till() -> (tempfile::TempDir, Till) {
    let folder = tempfile::tempdir().unwrap();
    let mut clock = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
    let setup = demo::corner_market(&mut clock);
    let till = Till::create(folder.path().join("till.saleflex"), setup, clock).unwrap();
    (folder, till)
}

fn title_of(jobs: &mut dyn PrintJobs) -> Option<(String, u32)> {
    jobs.next().unwrap().map(|job| (job.job.title, job.begun))
}

/// What every place for jobs must do.
fn conforms(jobs: &mut dyn PrintJobs) {
    assert_eq!(title_of(jobs), None);
    let first = jobs.add(&[receipt("Sale 1")], None).unwrap()[0];
    let second = jobs.add(&[receipt("Sale 2")], None).unwrap()[0];
    assert!(first < second);
    assert_eq!(title_of(jobs), Some(("Sale 1".into(), 0)));
    assert_eq!(jobs.next().unwrap().unwrap().job, receipt("Sale 1"));
    jobs.begin(first).unwrap();
    assert_eq!([JobState::Printing, JobState::Queued].map(|state| jobs.count(state).unwrap()), [1, 1]);
    jobs.end(first, JobState::Queued).unwrap();
    assert_eq!(title_of(jobs), Some(("Sale 1".into(), 1)), "the older one comes first, begun once");
    jobs.begin(first).unwrap();
    jobs.end(first, JobState::Failed).unwrap();
    assert_eq!(title_of(jobs), Some(("Sale 2".into(), 0)));
    jobs.begin(second).unwrap();
    jobs.end(second, JobState::Printed).unwrap();
    assert_eq!(title_of(jobs), None);
    jobs.requeue_failed().unwrap();
    let (title, begun) = title_of(jobs).unwrap();
    assert!(
        title == "Sale 1" && (1..MOST_BEGINNINGS).contains(&begun),
        "it is marked, and may be tried again"
    );
    assert!(jobs.begin(second).is_err(), "a printed job is done with");
}

#[test]
fn jobs_are_kept_in_memory() {
    conforms(&mut MemoryJobs::new());
}

#[test]
fn jobs_are_kept_in_the_tills_file() {
    let (_folder, till) = till();
    conforms(&mut till.print_queue().unwrap());
}

#[test]
fn a_job_that_was_printing_when_the_power_failed_comes_marked() {
    let (_folder, till) = till();
    {
        let mut jobs = till.print_queue().unwrap();
        let nos = jobs.add(&[receipt("Sale 1"), receipt("Sale 2")], None).unwrap();
        jobs.begin(nos[0]).unwrap();
        // The power fails here.
    }
    let device = virtual_printer();
    let spooler = spooler(till.print_queue().unwrap(), printer_at(device.address()));
    assert!(spooler.wait(LONG, |status| status.printed == 2));
    let expected = [repeated("Sale 1"), without_drawer(&printed("Sale 2"))].concat();
    assert_eq!(device.lines(), expected);
}
