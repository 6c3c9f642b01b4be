use super::*;

fn title_of(jobs: &mut dyn PrintJobs) -> Option<(String, u32)> {
    jobs.next().unwrap().map(|job| (job.job.title, job.begun))
}

/// What every place for jobs must do.
fn conforms(jobs: &mut dyn PrintJobs) {
    assert_eq!(title_of(jobs), None);
    let first = jobs.add(receipt("Sale 1")).unwrap();
    let second = jobs.add(receipt("Sale 2")).unwrap();
    assert!(first < second);
    assert_eq!(title_of(jobs), Some(("Sale 1".into(), 0)));
    assert_eq!(jobs.next().unwrap().unwrap().job, receipt("Sale 1"));
    jobs.begin(first).unwrap();
    assert_eq!((jobs.count(JobState::Printing), jobs.count(JobState::Queued)), (1, 1));
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
fn jobs_are_kept_in_files() {
    let folder = tempfile::tempdir().unwrap();
    conforms(&mut FileJobs::open(folder.path()).unwrap());
}

#[test]
fn jobs_outlive_the_program_and_one_that_was_printing_comes_marked() {
    let folder = tempfile::tempdir().unwrap();
    {
        let mut jobs = FileJobs::open(folder.path()).unwrap();
        let first = jobs.add(receipt("Sale 1")).unwrap();
        jobs.add(receipt("Sale 2")).unwrap();
        jobs.begin(first).unwrap();
        // The power fails here.
    }
    let device = virtual_printer();
    let jobs = FileJobs::open(folder.path()).unwrap();
    assert_eq!((jobs.count(JobState::Queued), jobs.count(JobState::Printing)), (2, 0));
    let spooler = spooler(jobs, printer_at(device.address()));
    assert!(spooler.wait(LONG, |status| status.waiting == 0));
    let expected = [repeated("Sale 1"), without_drawer(&printed("Sale 2"))].concat();
    assert_eq!(device.lines(), expected);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "what is on paper is kept no longer");
}

#[test]
fn a_damaged_job_holds_back_no_other() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("00000001.queued.0"), "{").unwrap();
    std::fs::write(folder.path().join("00000002.new"), "half").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "nothing of ours").unwrap();
    let mut jobs = FileJobs::open(folder.path()).unwrap();
    jobs.add(receipt("Sale 2")).unwrap();
    assert_eq!(title_of(&mut jobs), Some(("Sale 2".into(), 0)));
    assert_eq!(jobs.count(JobState::Failed), 1);
}

#[test]
fn a_state_is_a_name_and_the_paper_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = FileJobs::open(folder.path()).unwrap();
    let no = jobs.add(receipt("Sale 1")).unwrap();
    let names = || -> Vec<_> {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names(), ["00000001.queued.0"]);
    jobs.begin(no).unwrap();
    assert_eq!(names(), ["00000001.printing.1"]);
}
