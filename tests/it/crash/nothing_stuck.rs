//! A mess of every kind at once: killed runners, half recovery files, containers and pods that were left, cancelled claims.
//! One `queue run` brings every job to its end, once, with the truth that could be known.

use std::process::{Child, Stdio};

use needs::needs;
use serde_json::{Value, json};

use super::{dies_at, job, recovery_files, run_files, signal};
use crate::env::{Env, on_each_database};
use crate::job::wait_until;
use crate::kubernetes::Place;

/// Enters its run, and prints; how long it takes then is told by its variable.
const SCRIPT: &str = "echo ran >>$HOME/runs-$MULTIFLEXI_JOB_ID; echo said; sleep ${NAP:-0}; exit 3";
/// The same where the program sees no folder of ours.
const ELSEWHERE: &str = "echo said; sleep ${NAP:-0}; exit 3";

/// What is known of a job once all is over.
struct Wanted {
    id: String,
    what: String,
    code: i64,
    stdout: &'static str,
}

struct Mess<'a> {
    env: &'a Env,
    wanted: Vec<Wanted>,
}

impl Mess<'_> {
    /// A job of a runtemplate of its own.
    fn job(&mut self, executor: &str, what: &str, nap: &str, (code, stdout): (i64, &'static str)) -> String {
        let name = format!("--name={executor} {what}");
        let executor = format!("--executor={executor}");
        let made = self.env.json(&["runtemplate", "create", "--app_id=1", "--company_id=1", &name, &executor]);
        let (id, nap) = (format!("--id={}", made["runtemplate_id"]), format!("--env=NAP={nap}"));
        let id = self.env.json(&["runtemplate", "schedule", &id, &nap])["job_id"].to_string();
        self.wanted.push(Wanted { id: id.clone(), what: format!("{executor}: {what}"), code, stdout });
        id
    }

    fn dies_at(&self, id: &str, point: &str) {
        dies_at(self.env, point, &["job", "run", &format!("--id={id}")]);
    }

    fn start(&self, id: &str, point: Option<&str>) -> Child {
        let mut command = self.env.command(&["job", "run", &format!("--id={id}")]);
        if let Some(point) = point {
            command.env("MULTIFLEXI_TEST_PAUSE_AT", point);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Its runner is killed while its program runs.
    fn dies_running(&self, id: &str) {
        let mut runner = self.start(id, None);
        wait_until(|| job(self.env, id)["stdout"] == "said\n");
        runner.kill().unwrap();
        runner.wait().unwrap();
    }

    /// The database takes its result no more, and its recovery file is cut down to so many bytes.
    fn leaves_recovery_file(&self, id: &str, keep: Option<usize>) {
        let mut runner = self.start(id, Some("ended"));
        wait_until(|| super::is_stopped(&runner));
        self.env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
        signal(&runner, "CONT");
        runner.wait().unwrap();
        self.env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
        let own = format!("-{id}-");
        let file = recovery_files(self.env).into_iter().find(|file| file.to_str().unwrap().contains(&own)).unwrap();
        if let Some(keep) = keep {
            let text = std::fs::read(&file).unwrap();
            std::fs::write(&file, &text[..keep.min(text.len())]).unwrap();
        }
    }

    /// Somebody wants it ended, and was killed before anybody did.
    fn is_to_be_cancelled(&self, id: &str) {
        self.env.sql(&format!(
            "INSERT INTO job_output_lines (job_id, seq, type, line) VALUES ({id}, 0, 'cancel', 'cancelled by jana@far')"
        ));
    }

    /// What may befall a job that runs on this machine.
    fn of_this_machine(&mut self, executor: &str) {
        let claimed = self.job(executor, "claimed", "0", (3, "said\n"));
        self.dies_at(&claimed, "claimed");
        let running = self.job(executor, "running", "300", (125, "said\n"));
        self.dies_running(&running);
        let ended = self.job(executor, "ended", "0.5", (3, "said\n"));
        self.dies_at(&ended, "ended");
        let saved = self.job(executor, "saved", "0", (3, "said\n"));
        self.dies_at(&saved, "finished");
        let whole = self.job(executor, "whole file", "0.5", (3, "said\n"));
        self.leaves_recovery_file(&whole, None);
        let half = self.job(executor, "half a file", "0.5", (3, "said\n"));
        self.leaves_recovery_file(&half, Some(30));
        let empty = self.job(executor, "empty file", "0.5", (3, "said\n"));
        self.leaves_recovery_file(&empty, Some(0));
        let cancelled = self.job(executor, "cancelled claim", "0", (143, ""));
        self.dies_at(&cancelled, "claimed");
        self.is_to_be_cancelled(&cancelled);
        let ending = self.job(executor, "cancelled run", "300", (143, "said\n"));
        self.dies_running(&ending);
        self.is_to_be_cancelled(&ending);
        // Killed in the middle of its transaction, and before that by another one.
        let twice = self.job(executor, "claimed twice", "0", (3, "said\n"));
        self.dies_at(&twice, "claiming");
        self.dies_at(&twice, "claiming");
        self.job(executor, "waiting", "0", (3, "said\n"));
    }

    /// One `queue run` clears all of it.
    fn is_cleared(&self) {
        let run = self.env.run(&["queue", "run", "--parallel=2", "--format=json"]);
        for Wanted { id, what, code, stdout } in &self.wanted {
            let record = job(self.env, id);
            assert_eq!(
                (&record["exitcode"], &record["stdout"]),
                (&json!(code), &json!(stdout)),
                "{what}: {record:#} {run:#?}"
            );
            let runs = std::fs::read_to_string(self.env.path().join(format!("runs-{id}"))).unwrap_or_default();
            assert!(runs.lines().count() < 2, "{what}");
        }
        run.ok();
        let ls = std::process::Command::new("find").arg(self.env.path().join("state")).output().unwrap();
        assert_eq!(run_files(self.env), 0, "{}", String::from_utf8_lossy(&ls.stdout));
        let names = recovery_files(self.env);
        assert!(names.iter().all(|name| name.to_str().unwrap().ends_with(".not-whole")), "{names:?}");
        assert_eq!(self.env.json(&["queue", "fix"])["messages"], json!([]));
        assert_eq!(self.env.json(&["queue", "list"]), json!([]));
        assert_eq!(self.env.json(&["queue", "run"])["run"], 0);
    }
}

on_each_database!(of_native_jobs, |env| {
    env.prepare("Native", SCRIPT, Value::Null);
    let mut mess = Mess { env, wanted: Vec::new() };
    mess.of_this_machine("Native");
    mess.is_cleared();
});

#[needs(podman)]
#[needs(cluster)]
#[test]
fn of_every_executor() {
    let mut place = Place::new();
    let podman = Env::on_podman();
    for key in ["CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF"] {
        place.env.set(key, podman.variable(key).unwrap());
    }
    place.prepare(ELSEWHERE, Value::Null);
    let mut mess = Mess { env: &place.env, wanted: Vec::new() };
    mess.of_this_machine("Native");
    mess.of_this_machine("Podman");
    for point in ["claimed", "asked", "let-go", "ended", "finished"] {
        let id = mess.job("Kubernetes", point, "0", (3, "said\n"));
        mess.dies_at(&id, point);
    }
    let running = mess.job("Kubernetes", "running", "3", (3, "said\n"));
    mess.dies_running(&running);
    let half = mess.job("Kubernetes", "half a file", "1", (3, "said\n"));
    mess.leaves_recovery_file(&half, Some(30));
    let cancelled = mess.job("Kubernetes", "cancelled run", "300", (143, "said\n"));
    mess.dies_running(&cancelled);
    mess.is_to_be_cancelled(&cancelled);
    mess.is_cleared();
    place.nothing_is_left();
}
