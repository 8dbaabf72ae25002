//! A queue and a history of many jobs: what is asked of the database does not grow with them.

use std::path::Path;
use std::process::Child;

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Row as _, SqlSafeStr as _};

use crate::env::{Env, Output, on_each_database};
use crate::queue_run::{ended, start};

/// The statements of a command and of the runners that it starts, each once for each time it was made.
fn statements(env: &Env, arguments: &[&str]) -> Vec<String> {
    let mut command = env.command(arguments);
    command.env("MULTIFLEXI_LOG", "debug").env("MULTIFLEXI_LOG_FORMAT", "json");
    let output: Output = command.output().unwrap().into();
    let events = output.ok().stderr;
    // What a runner says stands behind its job's number.
    let events = events.lines().filter_map(|line| serde_json::from_str::<Value>(&line[line.find('{')?..]).ok());
    events.filter_map(|event| Some(event["sql"].as_str()?.to_owned())).collect()
}

/// Makes some thousand jobs of one runtemplate that are due, in place of those that wait.
fn fill_up(env: &Env, doublings: usize) {
    let q = env.quote();
    env.sql("delete from schedule");
    let columns = "runtemplate_id, app_id, company_id, env, executor, launched_by";
    for _ in 0..doublings {
        env.sql(&format!("insert into job ({columns}) select {columns} from job"));
    }
    env.sql(&format!("insert into schedule ({q}after{q}, job) select '2026-01-01 00:00:00', id from job"));
}

/// The statements that read a page of the queue.
fn pages(statements: &[String]) -> usize {
    statements.iter().filter(|sql| sql.contains("moment")).count()
}

on_each_database!(a_backlog_of_one_runtemplate_is_not_read_for_each_of_its_jobs, |env| {
    env.prepare("Native", "true", json!(null));
    env.schedule();
    fill_up(env, 12);
    let told = statements(env, &["queue", "run", "--parallel=2", "--limit=6"]);
    // Its first page, and once what lies behind it that is of another runtemplate.
    assert!((1..=2).contains(&pages(&told)), "{} pages: {told:#?}", pages(&told));
});

on_each_database!(jobs_behind_a_backlog_of_another_runtemplate_run_beside_it, |env| {
    env.prepare("Native", "true", json!(null));
    env.schedule();
    fill_up(env, 12);
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    env.sql("update job set runtemplate_id = 2 where id > 4000");
    let told = statements(env, &["queue", "run", "--parallel=2", "--limit=120"]);
    let ran = |runtemplate: u8| {
        let count = format!("select count(*) from job where exitcode = 0 and runtemplate_id = {runtemplate}");
        env.sql(&count).trim().parse::<i64>().unwrap()
    };
    assert_eq!(ran(1) + ran(2), 120);
    assert!(ran(1) > 20 && ran(2) > 20, "{} and {}", ran(1), ran(2));
    assert!(pages(&told) <= 4, "{} pages", pages(&told));
});

on_each_database!(a_job_takes_as_few_statements_as_the_documentation_says, |env| {
    env.prepare("Native", "true", json!(null));
    let count = |jobs: usize| {
        for _ in 0..jobs {
            env.schedule();
        }
        statements(env, &["queue", "run"]).len()
    };
    let (few, many) = (count(2), count(12));
    let text = include_str!("../../docs/queue.md");
    let documented =
        text.split_once(" statements a job").and_then(|(before, _)| before.split(' ').next_back()?.parse().ok());
    // Whether it is cancelled is asked each second.
    let each = (many.saturating_sub(few) + 5) / 10;
    assert_eq!(Some(each), documented, "{few} and {many}");
});

/// A replaced index goes, a new one comes, and there is no other difference.
#[test]
fn an_index_that_another_one_replaces_is_dropped() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    assert_eq!(env.json(&["database", "migrate"])["statements"], json!([]));
    env.sql(
        "drop index mfx_job_running; create index mfx_job_runtemplate_id_exitcode on job (runtemplate_id, exitcode);",
    );
    let done = env.json(&["database", "migrate"])["statements"].to_string();
    assert!(done.contains("mfx_job_running ON job") && done.contains("mfx_job_runtemplate_id_exitcode"), "{done}");
    let left = env.sql("select name from sqlite_master where name like 'mfx_job_runtemplate_id_exitcode'");
    assert_eq!(left.trim(), "");
}

/// How SQLite would go about a statement: a line for each table.
fn plan(file: &Path, sql: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")).into_sql_str();
        let rows: Vec<SqliteRow> = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail")).collect()
    })
}

/// Indexes by which all jobs of a runtemplate, or all that wait, are read.
const WIDE: &[&str] = &["job_exitcode_index", "job_runtemplate_id_index", "mfx_job_runs", "job_begin_index"];

#[test]
fn each_question_about_running_and_waiting_jobs_has_an_index() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=c", "--cron=* * * * *", "--active=1"]).ok();
    env.schedule();
    for arguments in [
        &["queue", "run", "--fill"][..],
        &["status"],
        &["queue", "overview"],
        &["job", "list", "--state=failed"],
        &["job", "list", "--state=running"],
    ] {
        for sql in statements(&env, arguments) {
            if !sql.contains("\"job\"") || ["BEGIN", "COMMIT"].contains(&sql.as_str()) {
                continue;
            }
            let plan = plan(&env.database(), &sql);
            let asks_for_few =
                sql.contains("\"exitcode\" IS NULL") && sql.contains("\"begin\" IS") || sql.contains("\"task_id\" IN");
            let is_wide = |step: &String| {
                let by_wide_index = step.contains(" job ") && WIDE.iter().any(|index| step.contains(index));
                step == "SCAN job" || asks_for_few && by_wide_index
            };
            assert!(!plan.iter().any(is_wide), "{arguments:?}: {sql}\n{plan:#?}");
        }
    }
}

on_each_database!(several_queue_runs_divide_a_backlog, |env| {
    env.prepare("Native", "true", json!(null));
    env.schedule();
    fill_up(env, 9);
    let runs: Vec<Child> = (0..3).map(|_| start(env, &["queue", "run", "--allow-overlap"])).collect();
    let success = runs.into_iter().map(|run| {
        let (code, run) = ended(run);
        assert_eq!(code, 0, "{run}");
        run["success"].as_i64().unwrap()
    });
    let success: Vec<i64> = success.collect();
    assert_eq!(success.iter().sum::<i64>(), 512, "{success:?}");
    // All of them take the first job of the queue: whoever is a little faster would run each, and the others none.
    assert!(success.iter().all(|ran| *ran >= 20), "{success:?}");
});
