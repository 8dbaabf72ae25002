//! A clock that was ahead, and has been set back: what was written meanwhile lies in the future.

use std::process::Stdio;

use serde_json::json;

use super::{counted, job, runs};
use crate::env::on_each_database;
use crate::job::wait_until;

on_each_database!(a_job_does_not_end_before_it_began, |env| {
    env.prepare("Native", &counted(env, "while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done"), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let mut run = env.command(&["job", "run", &argument]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| runs(env) == 1);
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}begin{q} = '2037-01-02 03:04:05' WHERE id = {id}"));
    env.file("stop", "");
    assert!(run.wait().unwrap().success());
    assert_eq!(job(env, &id)["end"], job(env, &id)["begin"]);
});

on_each_database!(schedule_and_queue_go_on, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled", "--interv=y"]).ok();
    env.sql("UPDATE runtemplate SET last_schedule = '2037-01-02 03:04:05' WHERE id = 2");
    let late = env.schedule();
    env.sql(&format!("UPDATE schedule SET after = '2037-01-02 03:04:05' WHERE job = {late}"));
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    // The one that waits for a far moment keeps no other from running, and is run when somebody asks for it.
    env.run(&["queue", "run"]).ok();
    assert_eq!(runs(env), 1);
    env.run(&["job", "run", &format!("--id={late}")]).ok();
    assert_eq!(runs(env), 2);
});

// What the next filling takes back is foreseen, and nothing is changed by that.
on_each_database!(a_dry_run_tells_what_was_made_by_a_clock_that_was_ahead, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled", "--interv=h"]).ok();
    let mut ahead = env.command(&["queue", "fill"]);
    assert!(ahead.env("MULTIFLEXI_TEST_NOW", "2140000000").output().unwrap().status.success());
    for (options, words) in [(&["--dry-run"][..], "it would be made anew"), (&[], "it is made anew")] {
        let filled = env.run(&[&["queue", "fill"], options].concat()).ok();
        assert!(filled.stderr.contains(words), "{filled:#?}");
    }
});
