//! `--state`, `--since`, `--until`, `--company`, `--app`, `--runtemplate`, `--exit-code`, `--active`: what each leaves of a listing.

use serde_json::json;

use crate::env::{Env, definition, on_each_database};

/// Two companies, two applications, three runtemplates of which the last is not active, and jobs in each state:
///
/// | job | runtemplate | company | began | ended | exit code |
/// | --- | --- | --- | --- | --- | --- |
/// | 1 | 1 nightly | acme | 2026-05-01 22:30 | 23:30 | 0 |
/// | 2 | 1 nightly | acme | 2026-05-02 21:30 | 22:30 | 3 |
/// | 3 | 2 weekly | beta | 2026-05-02 23:00 | 23:00:10 | 5 |
/// | 4 | 3 nightly | beta | 2026-05-03 01:00 | runs | |
/// | 5 | 2 weekly | beta | is to begin 2030-01-01 | | |
pub fn prepare(env: &Env) {
    let mut first = definition("First");
    first["exitCodes"] =
        json!({"3": {"description": {"en": "No connection", "cs": "Bez spojení"}, "severity": "error"}});
    let mut second = definition("Second");
    second["uuid"] = "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12".into();
    for (file, definition) in [("a.multiflexi.app.json", first), ("b.multiflexi.app.json", second)] {
        env.file(file, &definition.to_string());
        env.run(&["application", "import-json", "--file", file]).ok();
    }
    for (name, slug) in [("Acme", "acme"), ("Beta & Co", "beta")] {
        env.run(&["company", "create", "--name", name, "--slug", slug]).ok();
    }
    for (name, app, company) in [("nightly", "1", "acme"), ("weekly", "2", "beta"), ("nightly", "1", "beta")] {
        let (name, app, company) =
            (format!("--name={name}"), format!("--app_id={app}"), format!("--company={company}"));
        env.run(&["runtemplate", "create", &name, &app, &company, "--executor=Native", "--interv=d"]).ok();
    }
    for (runtemplate, moment) in [
        ("1", "2026-05-01 22:30"),
        ("1", "2026-05-02 21:30"),
        ("2", "2026-05-02 23:00"),
        ("3", "2026-05-03 01:00"),
        ("2", "2030-01-01"),
    ] {
        let (id, moment) = (format!("--id={runtemplate}"), format!("--schedule_time={moment}"));
        env.run(&["runtemplate", "schedule", &id, &moment]).ok();
    }
    let q = env.quote();
    let ended = |id: u8, begin: &str, end: &str, code: u8| {
        format!(
            "update job set {q}begin{q} = '{begin}', {q}end{q} = '{end}', exitcode = {code} where id = {id}; delete from schedule where job = {id};"
        )
    };
    env.sql(&format!(
        "{}{}{}update job set {q}begin{q} = '2026-05-03 01:00:00' where id = 4; delete from schedule where job = 4;\
         update runtemplate set active = {} where id = 3;",
        ended(1, "2026-05-01 22:30:00", "2026-05-01 23:30:00", 0),
        ended(2, "2026-05-02 21:30:00", "2026-05-02 22:30:00", 3),
        ended(3, "2026-05-02 23:00:00", "2026-05-02 23:00:10", 5),
        if env.is_postgres() { "false" } else { "0" },
    ));
}

/// The ids that a listing shows, with these options.
fn ids(env: &Env, noun: &str, column: &str, options: &[&str]) -> Vec<i64> {
    let rows = env.json(&[&[noun, "list"], options].concat());
    rows.as_array().unwrap().iter().map(|row| row[column].as_i64().unwrap()).collect()
}

on_each_database!(jobs_are_narrowed, |env| {
    prepare(env);
    for (options, wanted) in [
        (&[][..], &[1, 2, 3, 4, 5][..]),
        (&["--state=waiting"], &[5]),
        (&["--state=PENDING"], &[5]),
        (&["--state=success"], &[1]),
        (&["--state=time_limit,not_run"], &[]),
        (&["--state=running"], &[4]),
        (&["--state=succeeded"], &[1]),
        (&["--state=ok"], &[1]),
        (&["--state=failed"], &[2, 3]),
        (&["--state=cancelled"], &[]),
        (&["--state=running,succeeded", "--state=waiting"], &[1, 4, 5]),
        (&["--state=running,succeeded"], &[1, 4]),
        (&["--status=failed"], &[2, 3]),
        // What still ran then counts, and what still runs.
        (&["--since=2026-05-02 22:00"], &[2, 3, 4, 5]),
        (&["--since=2026-05-02 22:00", "--until=2026-05-03 00:00"], &[2, 3]),
        (&["--since=2026-05-02 22:00", "--state=failed"], &[2, 3]),
        (&["--since=2026-05-02 22:45", "--state=failed"], &[3]),
        (&["--since=yesterday 22:00", "--state=failed"], &[]),
        (&["--since=2h", "--state=failed"], &[]),
        (&["--since=2029-12-31"], &[5]),
        (&["--since=2030-01-02"], &[]),
        (&["--until=2026-05-02 22:00"], &[1, 2]),
        (&["--until=now"], &[1, 2, 3, 4]),
        (&["--company=acme"], &[1, 2]),
        (&["--company=2"], &[3, 4, 5]),
        (&["--company=Beta & Co"], &[3, 4, 5]),
        (&["--app=First"], &[1, 2, 4]),
        (&["--app=2"], &[3, 5]),
        (&["--app=7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12"], &[3, 5]),
        (&["--runtemplate=2"], &[3, 5]),
        // Of two companies.
        (&["--runtemplate=nightly"], &[1, 2, 4]),
        (&["--runtemplate=nightly", "--company=beta"], &[4]),
        (&["--exit-code=3"], &[2]),
        (&["--exit-code=0,5"], &[1, 3]),
        (&["--active"], &[1, 2, 3, 5]),
        (&["--inactive"], &[4]),
        (&["--state=failed", "--sort=-begin", "--limit=1"], &[3]),
    ] {
        assert_eq!(ids(env, "job", "id", options), wanted, "{options:?}");
    }
    for (option, words) in [
        ("--company=nosuch", "Company with slug or name nosuch not found"),
        ("--app=nosuch", "Application with name, executable, UUID or id nosuch not found"),
        ("--runtemplate=nosuch", "RunTemplate with name or id nosuch not found"),
    ] {
        env.run(&["job", "list", option]).refused(1, words);
    }
    env.run(&["job", "list", "--active", "--inactive"]).refused(2, "--inactive");
    env.run(&["job", "list", "--since=whenever"]).refused(2, "--since");
    // An older word and the table's own columns stay.
    assert_eq!(ids(env, "job", "id", &["--app_id=2"]), [3, 5]);
    let csv = env.run(&["job", "list", "--state=failed", "--fields=id,exitcode", "--format=csv"]).ok();
    assert_eq!(csv.stdout, "id,exitcode\n2,3\n3,5\n");
});

on_each_database!(runtemplates_are_narrowed, |env| {
    prepare(env);
    for (options, wanted) in [
        (&[][..], &[1, 2, 3][..]),
        // By the newest result; or by a job that waits or runs.
        (&["--state=failed"], &[1, 2]),
        (&["--state=succeeded"], &[]),
        (&["--state=running"], &[3]),
        (&["--state=waiting"], &[2]),
        (&["--state=waiting,running"], &[2, 3]),
        (&["--exit-code=3"], &[1]),
        (&["--exit-code=0"], &[]),
        (&["--since=2026-05-02 22:00"], &[1, 2, 3]),
        (&["--until=2026-05-02 22:00"], &[1]),
        (&["--since=2029-01-01"], &[2]),
        (&["--active"], &[1, 2]),
        (&["--inactive"], &[3]),
        (&["--company=beta", "--app=First"], &[3]),
        (&["--app=1"], &[1, 3]),
        (&["--runtemplate=nightly"], &[1, 3]),
        (&["--runtemplate=3", "--active"], &[]),
        (&["--executor=native"], &[1, 2, 3]),
        (&["--executor=Podman"], &[]),
        (&["--sort=-company_id,name"], &[3, 2, 1]),
    ] {
        assert_eq!(ids(env, "runtemplate", "id", options), wanted, "{options:?}");
    }
});

on_each_database!(the_queue_is_narrowed, |env| {
    prepare(env);
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=+1 hour"]).ok();
    for (options, wanted) in [
        (&[][..], &[6, 5][..]),
        (&["--until=+1 day"], &[6]),
        (&["--since=2029-01-01"], &[5]),
        (&["--company=beta"], &[5]),
        (&["--company_id=1"], &[6]),
        (&["--app=Second"], &[5]),
        (&["--runtemplate=nightly"], &[6]),
        (&["--state=waiting"], &[6, 5]),
        (&["--state=running"], &[]),
        (&["--inactive"], &[]),
        (&["--executor=native"], &[6, 5]),
        (&["--executor=Podman"], &[]),
        (&["--sort=-after"], &[5, 6]),
        (&["--direction=DESC"], &[5, 6]),
    ] {
        assert_eq!(ids(env, "queue", "job", options), wanted, "{options:?}");
    }
});

on_each_database!(a_filter_by_what_is_not_there_is_refused, |env| {
    env.prepare("Native", "true", serde_json::json!(null));
    env.schedule();
    for (call, words) in [
        ("job list --app_id=99", "Application with id 99 not found"),
        ("job list --runtemplate_id=99", "RunTemplate with id 99 not found"),
        ("task list --runtemplate_id=99", "RunTemplate with id 99 not found"),
        ("event-rule list --event_source_id=99", "Event source with id 99 not found"),
        ("runtemplate list --app_id=99", "Application with id 99 not found"),
        ("job list --company_id=99", "Company with id 99 not found"),
    ] {
        let words_of_call: Vec<&str> = call.split(' ').collect();
        let refused = env.run(&words_of_call).refused(1, "99");
        assert!(refused.stderr.to_lowercase().contains(&words.to_lowercase()), "{call}: {refused:?}");
    }
    for call in ["job list --app_id=1 --runtemplate_id=1", "task list --runtemplate_id=1", "artifact list --job_id=1"] {
        let words: Vec<&str> = call.split(' ').collect();
        env.run(&words).ok();
    }
});
