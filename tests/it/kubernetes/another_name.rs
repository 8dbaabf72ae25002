//! A database server has several names: what one runner made for a job is found by one that uses another name.

use serde_json::json;

use super::{Place, on_cluster};
use crate::crash::{dies_at, run_files};
use crate::env::{Env, Server};

/// Sets this place up on a server.
fn on_server(place: &mut Place, test: &str) {
    let server = Env::on(Server::Postgres, test);
    for key in ["DB_CONNECTION", "DB_HOST", "DB_PORT", "DB_DATABASE", "DB_USERNAME", "DB_PASSWORD"] {
        place.env.set(key, server.variable(key).unwrap_or_default());
    }
}

/// From here on the server goes by its other name.
fn rename(place: &mut Place) {
    let other = if place.env.variable("DB_HOST") == Some("localhost") { "127.0.0.1" } else { "localhost" };
    place.env.set("DB_HOST", other);
}

on_cluster!(
    #[needs::needs(postgres)]
    a_job_is_taken_over_by_another_name,
    |mut place| {
        on_server(&mut place, "taken_over_by_another_name");
        let (id, mut job) = place.begun("echo one; sleep 4; echo two; exit 3", "one\n", "");
        job.kill().unwrap();
        job.wait().unwrap();
        rename(&mut place);
        let output = place.env.run(&["job", "run", &format!("--id={id}")]);
        let record = place.record(&id);
        assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?} {record:#}");
        assert_eq!(record["stdout"], "one\ntwo\n", "{record:#}");
        place.nothing_is_left();
    }
);

on_cluster!(
    #[needs::needs(postgres)]
    a_job_is_cancelled_and_swept_by_another_name,
    |mut place| {
        on_server(&mut place, "cancelled_by_another_name");
        let (id, mut job) = place.begun("echo one; sleep 300", "one\n", "");
        job.kill().unwrap();
        job.wait().unwrap();
        let ended = place.env.schedule();
        dies_at(&place.env, "finished", &["job", "run", &format!("--id={ended}"), "--timeout=1"]);
        assert_eq!(place.pods().len(), 2);
        rename(&mut place);
        place.env.run(&["job", "cancel", &format!("--id={id}")]).ok();
        assert_eq!(place.record(&id)["exitcode"], json!(143));
        place.env.run(&["queue", "fix"]).ok();
        place.nothing_is_left();
        assert_eq!(run_files(&place.env), 0);
    }
);
