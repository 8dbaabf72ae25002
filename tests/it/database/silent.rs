//! A database that does not answer: every command gives up in time, and ends at once when it is told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::crash::database::Own;
use crate::crash::{Session, pauses_at, signal};
use crate::env::{Env, Output, Server, on_each_server};

/// A lock that another client holds on a table, until it is dropped.
struct Lock(Child);

/// What others may not do meanwhile.
#[derive(Clone, Copy)]
enum Kept {
    Reading,
    Writing,
}

impl Lock {
    fn new(env: &Env, tables: &[&str], kept: Kept) -> Lock {
        let list = |mode: &str| tables.iter().map(|table| format!("{table}{mode}")).collect::<Vec<_>>().join(", ");
        let sql = match (env.is_postgres(), kept) {
            (true, Kept::Reading) => format!("BEGIN; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; SELECT 'held';", list("")),
            (true, Kept::Writing) => format!("BEGIN; LOCK TABLE {} IN EXCLUSIVE MODE; SELECT 'held';", list("")),
            (false, Kept::Reading) => format!("LOCK TABLES {}; SELECT 'held';", list(" WRITE")),
            (false, Kept::Writing) => format!("LOCK TABLES {}; SELECT 'held';", list(" READ")),
        };
        let mut command = env.client();
        if !env.is_postgres() {
            command.arg("--unbuffered");
        }
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{sql}").unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Lock(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every kind of statement: a listing, a look-up, a write, a transaction, a count.
const COMMANDS: &[&[&str]] = &[
    &["company", "list"],
    &["company", "get", "--id=1"],
    &["company", "create", "--name=Beta"],
    &["company", "update", "--id=1", "--name=Gamma"],
    &["company", "delete", "--id=1"],
    &["company", "env-list", "--company_id=1"],
    &["runtemplate", "schedule", "--id=1"],
    &["runtemplate", "run", "--id=1"],
    &["job", "run", "--id=1"],
    &["queue", "fill"],
    &["queue", "run"],
    &["queue", "fix"],
    &["queue", "overview"],
    &["job", "status"],
    &["status"],
    &["prune", "--jobs"],
];

on_each_server!(every_command_gives_up_in_time, |env| {
    env.prepare("Native", "exit 0", json!(null));
    env.schedule();
    let lock = Lock::new(env, &["company", "job", "schedule", "runtemplate", "apps"], Kept::Reading);
    let began = Instant::now();
    let running: Vec<_> = COMMANDS
        .iter()
        .map(|command| {
            let mut command = env.command(command);
            command.arg("--db-timeout=2").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (command, child) in COMMANDS.iter().zip(running) {
        let output = Output::from(child.wait_with_output().unwrap());
        assert!(matches!(output.code, 1 | 125), "{command:?}: {output:?}");
        let words = "has not answered for 2 s";
        assert!(output.stderr.contains(words) && output.stderr.contains("--db-timeout"), "{command:?}: {output:?}");
    }
    // Some ask more than one thing, and begin again once.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(lock);
    assert_eq!(env.json(&["company", "get", "--id=1"])["name"], "Acme");
});

on_each_server!(a_setting_says_how_long, |env| {
    let _lock = Lock::new(env, &["company"], Kept::Reading);
    let ask = |limit: &str| Output::from(env.command(&["company", "list"]).env("DB_TIMEOUT", limit).output().unwrap());
    ask("1s").refused(1, "has not answered for 1 s");
    ask("soon").refused(1, "DB_TIMEOUT is \"soon\"");
});

on_each_server!(a_lock_is_told_from_a_server_that_is_silent, |env| {
    env.prepare("Native", "exit 0", json!(null));
    let mut other = Session::new(env);
    other.run("BEGIN; SELECT id FROM runtemplate WHERE id = 1 FOR UPDATE");
    let update = env.run(&["runtemplate", "update", "--id=1", "--name=New", "--db-timeout=1"]);
    let update = update.refused(1, "has not answered for 1 s");
    let finds = if env.is_postgres() { "pg_blocking_pids" } else { "innodb_trx" };
    assert!(update.stderr.contains("somebody may hold a lock") && update.stderr.contains(finds), "{update:#?}");
    if env.is_postgres() {
        // Such a server says itself that it was a lock.
        let name = env.variable("DB_DATABASE").unwrap();
        env.sql(&format!("ALTER DATABASE {name} SET lock_timeout = '500ms'"));
        let update = env.run(&["runtemplate", "update", "--id=1", "--name=New"]);
        update.refused(1, "is locked by another connection");
    }
});

on_each_server!(a_connection_that_was_ended_is_told_with_what_to_do, |env| {
    env.prepare("Native", "exit 0", json!(null));
    let id = env.schedule();
    let claims = pauses_at(env.command(&["job", "run", &format!("--id={id}")]), "claiming");
    crate::crash::ends_connection(env);
    signal(&claims, "CONT");
    let output = Output::from(claims.wait_with_output().unwrap()).refused(1, "the connection to the database broke");
    assert!(output.stderr.contains("the server's log"), "{output:#?}");
});

#[needs::needs(postgres)]
#[test]
fn a_pooler_that_mixes_connections_up_is_told() {
    let env = Env::on(Server::Postgres, "pooler");
    env.prepare("Native", "exit 0", json!(null));
    env.sql(
        "CREATE FUNCTION mix() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '42P05', \
         MESSAGE = (SELECT string_agg(name, ',') FROM pg_settings WHERE source = 'client'); END $$; \
         CREATE TRIGGER mix BEFORE INSERT ON company FOR EACH ROW EXECUTE FUNCTION mix()",
    );
    let output = env.run(&["company", "create", "--name=Beta"]).refused(1, "pool_mode = session");
    // PgBouncer refuses a login with a parameter that it does not know.
    assert!(output.stderr.contains("TimeZone") && !output.stderr.contains("extra_float_digits"), "{output:#?}");
}

on_each_server!(a_limit_of_connections_is_named, |env| {
    let limit = if env.is_postgres() { "CONNECTION LIMIT 0" } else { "WITH MAX_CONNECTIONS_PER_HOUR 1" };
    let user = env.reader(limit);
    let list = || {
        let mut command = env.command(&["company", "list"]);
        Output::from(command.env("DB_USERNAME", &user).env("DB_PASSWORD", "x").output().unwrap())
    };
    if !env.is_postgres() {
        list().ok();
    }
    let refused = list().exits(1);
    assert!(refused.stderr.contains("takes no more connections"), "{refused:#?}");
    assert!(!refused.stderr.contains("DB_PASSWORD"), "{refused:#?}");
});

/// Ends by the signal, within two seconds of it.
fn is_ended_by(env: &Env, command: &[&str], signal: &str, code: i32) -> Output {
    let child = env.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It waits by now: for a listener of signals it is too late or too early otherwise, which is right too.
    std::thread::sleep(Duration::from_millis(1500));
    let began = Instant::now();
    crate::crash::signal(&child, signal);
    let output = child.wait_with_output().unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{command:?} took {took:?}");
    let by = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert!(output.status.code() == Some(code) || by == Some(code - 128), "{command:?}: {output:?}");
    output.into()
}

on_each_server!(a_signal_ends_every_command_that_waits, |env| {
    env.prepare("Native", "echo ran >> $HOME/runs", json!(null));
    let id = env.schedule();
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        {
            let _lock = Lock::new(env, &["schedule"], Kept::Reading);
            is_ended_by(env, &["queue", "run"], signal, code);
            // It leaves signals to the system, and a shell's background ignores INT for all that it starts.
            if signal == "TERM" {
                is_ended_by(env, &["queue", "list"], signal, code);
            }
        }
        // Its claim is what waits: whether the job is its own it does not know.
        let _lock = Lock::new(env, &["schedule"], Kept::Writing);
        is_ended_by(env, &["job", "run", &format!("--id={id}")], signal, code);
    }
    let summary = env.json(&["queue", "run"]);
    assert_eq!(summary["run"], 1, "{summary:#}");
    assert_eq!(std::fs::read_to_string(env.path().join("runs")).unwrap(), "ran\n");
});

/// A server of the test's own that was stopped as by `kill -STOP`, with the processes of its connections; it goes on when dropped.
struct Stopped(Vec<String>);

impl Stopped {
    fn new(own: &Own) -> Stopped {
        let file = match own.kind {
            "mariadb" => own.home.join("mariadb/pid"),
            _ => own.home.join("postgres/data/postmaster.pid"),
        };
        let pid = std::fs::read_to_string(file).unwrap().lines().next().unwrap().trim().to_owned();
        let children = std::process::Command::new("pgrep").args(["-P", &pid]).output().unwrap();
        let mut pids = vec![pid];
        pids.extend(String::from_utf8(children.stdout).unwrap().split_whitespace().map(str::to_owned));
        let stopped = Stopped(pids);
        stopped.send("-STOP");
        stopped
    }

    /// Sends them a signal. One whose connection has just ended may be gone.
    fn send(&self, signal: &str) {
        let mut kill = std::process::Command::new("kill");
        kill.arg(signal).args(&self.0).stderr(Stdio::null()).status().unwrap();
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.send("-CONT");
    }
}

/// Every command that can be given as it stands, and those of [`COMMANDS`].
fn all_commands(env: &Env) -> Vec<Vec<String>> {
    let described = env.json(&["describe"]);
    let listings = described.as_object().unwrap().keys().filter(|name| {
        let verb = name.rsplit(':').next().unwrap();
        name.contains(':') && ["list", "status", "overview", "check", "repair", "fix", "fill"].contains(&verb)
    });
    let commands = listings.map(|name| name.split(':').map(str::to_owned).collect());
    let given = COMMANDS.iter().map(|command| command.iter().map(|&word| word.to_owned()).collect());
    commands.chain(given).collect()
}

fn server_stops(kind: &'static str) {
    let own = Own::new(kind);
    let env = &own.env;
    env.prepare("Native", "echo begun; echo ran >> $HOME/runs; sleep 300", json!(null));
    let commands = all_commands(env);
    assert!(commands.len() > 30, "{commands:?}");
    let id = env.schedule();
    let running = env.command(&["queue", "run"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| env.json(&["job", "get", &format!("--id={id}")])["stdout"] == "begun\n");
    let stopped = Stopped::new(&own);

    let started: Vec<_> = commands
        .iter()
        .map(|command| {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let mut command = env.command(&words);
            command.arg("--db-timeout=2").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let began = Instant::now();
    for (command, child) in commands.iter().zip(started) {
        let output = Output::from(child.wait_with_output().unwrap());
        let told = format!("{}{}", output.stdout, output.stderr);
        assert!(matches!(output.code, 1 | 125) && told.contains("--db-timeout"), "{command:?}: {output:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());

    for (command, signal, code) in [
        (&["queue", "list"][..], "TERM", 143),
        (&["queue", "run"], "TERM", 143),
        (&["queue", "run", "--watch"], "INT", 130),
        (&["job", "run", "--id=1"], "INT", 130),
        (&["database", "check"], "TERM", 143),
    ] {
        is_ended_by(env, command, signal, code);
    }

    // The job that runs is ended by the first signal, and the second one leaves it to the next run.
    crate::crash::signal(&running, "TERM");
    std::thread::sleep(Duration::from_millis(1500));
    crate::crash::signal(&running, "TERM");
    let began = Instant::now();
    let output = Output::from(running.wait_with_output().unwrap());
    assert!(output.code == 143 && began.elapsed() < Duration::from_secs(10), "{:?} {output:?}", began.elapsed());
    drop(stopped);
    let ended = || {
        let _ = env.run(&["queue", "run"]);
        env.json(&["job", "get", &format!("--id={id}")])["exitcode"].as_i64()
    };
    crate::job::wait_until(|| ended().is_some());
    assert!(matches!(ended(), Some(143 | 125)), "{:?}", ended());
    assert_eq!(std::fs::read_to_string(env.path().join("runs")).unwrap(), "ran\n");
}

#[needs::needs(mariadb)]
#[test]
fn a_mariadb_that_is_stopped_holds_no_command() {
    server_stops("mariadb");
}

#[needs::needs(postgres)]
#[test]
fn a_postgresql_that_is_stopped_holds_no_command() {
    server_stops("postgres");
}

/// A way to a server that is cut right behind the nth COMMIT. Tells its port.
fn cut_at_commit(env: &Env, nth: usize) -> u16 {
    use std::io::Read as _;
    use std::net::{TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering};
    let server =
        (env.variable("DB_HOST").unwrap().to_owned(), env.variable("DB_PORT").unwrap().parse::<u16>().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let seen = std::sync::Arc::new(AtomicUsize::new(0));
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((server.0.as_str(), server.1)) else { continue };
            let (mut back, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut back, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Both);
            });
            let (mut client, mut server, seen) = (client, server, seen.clone());
            std::thread::spawn(move || {
                let mut buffer = [0; 65536];
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    // The statement, and not the name of an isolation level.
                    let sent = &buffer[..count];
                    let is_commit = sent.ends_with(b"COMMIT") || sent.windows(7).any(|bytes| bytes == b"COMMIT\0");
                    let is_last = is_commit && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth;
                    if is_last {
                        // Before the server can answer.
                        let _ = client.shutdown(std::net::Shutdown::Both);
                    }
                    if server.write_all(&buffer[..count]).is_err() || is_last {
                        break;
                    }
                }
                std::thread::sleep(Duration::from_millis(200));
                let _ = server.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    port
}

on_each_server!(a_change_whose_commit_was_not_answered_may_have_been_done, |env| {
    env.prepare("Native", "exit 0", json!(null));
    let through = |command: &[&str]| -> Output {
        let port = cut_at_commit(env, 1).to_string();
        env.command(command).env("DB_PORT", port).output().unwrap().into()
    };
    let output = through(&["company", "create", "--name=Beta"]).exits(1);
    assert!(output.stderr.contains("It may have been done: look before you repeat it"), "{output:?}");
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 2);
    let output = through(&["runtemplate", "run", "--id=1"]).exits(1);
    assert!(output.stderr.contains("Job 1 may have been made, and then `queue run` runs it"), "{output:?}");
    env.run(&["job", "get", "--id=1"]).ok();
});

/// Twelve runtemplates whose jobs are to be made.
fn schedules(env: &Env) {
    env.prepare("Native", "exit 0", json!(null));
    for number in 1..=12 {
        let name = format!("--name=Daily {number}");
        env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", &name, "--interv=d"]).ok();
    }
}

/// `queue fill` with a limit of one second ends by itself, and does not wait for each schedule.
#[track_caller]
fn gives_up_filling(env: &Env) {
    let began = Instant::now();
    env.run(&["queue", "fill", "--db-timeout=1"]).refused(1, "the queue is filled up to RunTemplate");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

on_each_server!(what_keeps_each_schedule_is_not_waited_for_by_each, |env| {
    schedules(env);
    let mut other = Session::new(env);
    other.run("BEGIN; SELECT id FROM runtemplate FOR UPDATE");
    gives_up_filling(env);
    other.run("ROLLBACK");
    // One that is locked keeps no other.
    other.run("BEGIN; SELECT id FROM runtemplate WHERE id = 2 FOR UPDATE");
    let filled = env.json_of(&["queue", "fill", "--db-timeout=1"], 1);
    assert_eq!((&filled["created"], &filled["failed"]), (&11.into(), &1.into()), "{filled:#}");
});

on_each_server!(a_job_that_is_taken_back_and_locked_keeps_no_other, |env| {
    schedules(env);
    env.run(&["queue", "fill"]).ok();
    // As a clock wrote it that was ahead.
    env.sql("DELETE FROM schedule; DELETE FROM job; UPDATE runtemplate SET next_schedule = '2031-01-01 00:00:00' WHERE id IN (2, 3)");
    let mut other = Session::new(env);
    other.run("BEGIN; SELECT id FROM runtemplate WHERE id = 2 FOR UPDATE");
    let filled = env.run(&["queue", "fill", "--db-timeout=1"]).exits(1);
    assert!(
        filled.stdout.contains("RunTemplate 3: job") && filled.stderr.contains("RunTemplate 2 is left"),
        "{filled:#?}"
    );
});

on_each_server!(a_job_that_is_locked_holds_up_no_other, |env| {
    env.prepare("Native", "exit 0", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    let id = env.schedule();
    (0..3).for_each(|_| drop(env.schedule()));
    env.run(&["runtemplate", "schedule", "--id=2"]).ok();
    for row in [format!("job WHERE id = {id}"), "runtemplate WHERE id = 1".to_owned()] {
        let mut other = Session::new(env);
        other.run(&format!("BEGIN; SELECT id FROM {row} FOR UPDATE"));
        let ran = env.json_of(&["queue", "run", "--db-timeout=1"], 1);
        assert_eq!((&ran["not_run"], &ran["success"]), (&1.into(), &1.into()), "{ran:#}");
        env.run(&["runtemplate", "schedule", "--id=2"]).ok();
    }
    assert_eq!(env.json(&["queue", "run"])["success"], 5);
});

on_each_server!(a_lost_job_that_is_locked_holds_up_no_other, |env| {
    env.prepare("Native", "exit 0", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    let id = env.schedule();
    crate::crash::dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    env.run(&["runtemplate", "schedule", "--id=2"]).ok();
    let mut other = Session::new(env);
    other.run(&format!("BEGIN; SELECT id FROM job WHERE id = {id} FOR UPDATE"));
    let ran = env.json_of(&["queue", "run", "--db-timeout=1"], 1);
    assert_eq!((&ran["unmended"][0]["job_id"].to_string(), &ran["success"]), (&id, &1.into()), "{ran:#}");
});

#[test]
fn a_locked_file_is_not_waited_for_by_each_schedule() {
    let env = Env::new();
    schedules(&env);
    let _locked = crate::crash::Locked::new(&env.database());
    gives_up_filling(&env);
}

/// A server that falls silent between two schedules.
fn falls_silent_while_filling(kind: &'static str) {
    let own = Own::new(kind);
    schedules(&own.env);
    let fills = pauses_at(own.env.command(&["queue", "fill", "--db-timeout=2"]), "filled");
    let _stopped = Stopped::new(&own);
    let began = Instant::now();
    signal(&fills, "CONT");
    // The phase is reached once more for each, by a command that goes on.
    let mut fills = fills;
    while fills.try_wait().unwrap().is_none() {
        signal(&fills, "CONT");
        std::thread::sleep(Duration::from_millis(50));
        assert!(began.elapsed() < Duration::from_secs(8), "it still waits");
    }
    let output = Output::from(fills.wait_with_output().unwrap()).exits(1);
    assert!(output.stderr.contains("has not answered for 2 s"), "{output:#?}");
    assert!(output.stdout.contains("RunTemplate 2: job"), "{output:#?}");
}

#[needs::needs(mariadb)]
#[test]
fn a_mariadb_that_falls_silent_while_the_queue_is_filled_is_given_up() {
    falls_silent_while_filling("mariadb");
}

#[needs::needs(postgres)]
#[test]
fn a_postgresql_that_falls_silent_while_the_queue_is_filled_is_given_up() {
    falls_silent_while_filling("postgres");
}

/// What an administrator has set for all connections.
#[needs::needs(mariadb)]
#[test]
fn a_mariadb_whose_connections_commit_nothing_by_themselves_keeps_what_is_written() {
    let own = Own::new("mariadb");
    let env = &own.env;
    env.prepare("Native", "echo begun; while [ ! -e $HOME/stop ]; do sleep 0.1; done", json!(null));
    env.run(&["company", "create", "--name=Beta"]).ok();
    let id = env.schedule();
    own.admin(
        "SET GLOBAL autocommit = 0; SET GLOBAL completion_type = 1; SET GLOBAL sql_select_limit = 1; SET GLOBAL sql_safe_updates = 1; \
         SET GLOBAL sql_mode = CONCAT(@@sql_mode, ',EMPTY_STRING_IS_NULL')",
    );
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 2);
    let run = env.command(&["job", "run", &format!("--id={id}")]).spawn().unwrap();
    // Its output is there while it runs, as its lease is.
    crate::job::wait_until(|| env.json(&["job", "get", &format!("--id={id}")])["stdout"] == "begun\n");
    env.file("stop", "");
    assert!(Output::from(run.wait_with_output().unwrap()).code == 0);
    assert_eq!(env.json(&["job", "get", &format!("--id={id}")])["exitcode"], 0);
    env.run(&["company", "update", "--id=2", "--name=Gamma", "--email="]).ok();
    let company = env.json(&["company", "get", "--id=2"]);
    assert_eq!((&company["name"], &company["email"]), (&json!("Gamma"), &json!("")));
}

// What was read before a lock was waited for is over by then, whatever level a role or a database has for its transactions.
on_each_server!(another_job_of_a_runtemplate_is_seen_by_who_waited_for_it, |env| {
    if env.is_postgres() {
        let name = env.variable("DB_DATABASE").unwrap().to_owned();
        env.sql(&format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'"));
    }
    env.prepare("Native", "echo ran >> $HOME/runs", json!(null));
    let (first, second) = (env.schedule(), env.schedule());
    let mut other = Session::new(env);
    other.run("BEGIN; SELECT id FROM runtemplate WHERE id = 1 FOR UPDATE");
    let runs = env.command(&["job", "run", &format!("--id={second}"), "--no-overlap"]).stderr(Stdio::piped()).spawn();
    crate::job::wait_until(|| crate::crash::waits_for_lock(env));
    let now = if env.is_postgres() { "now() AT TIME ZONE 'UTC'" } else { "UTC_TIMESTAMP()" };
    let begin = if env.is_postgres() { "\"begin\"" } else { "`begin`" };
    other.run(&format!("UPDATE job SET {begin} = {now} WHERE id = {first}; COMMIT"));
    let output = Output::from(runs.unwrap().wait_with_output().unwrap());
    assert!(output.stderr.contains("of the same runtemplate 1 is running"), "{output:#?}");
    assert!(!env.path().join("runs").exists());
});
