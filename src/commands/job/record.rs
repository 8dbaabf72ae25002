//! `job get` on a terminal: a job's record as a page that is read from top to bottom.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value as Json};

use crate::clock::Clock;
use crate::commands::job::TABLE;
use crate::commands::job::get::{self, lines};
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::id::JobId;
use crate::job::credential_check;
use crate::job::exit_code;
use crate::job::follow::{self, JobSnapshot};
use crate::job::model::{JobState, Origin, Wait, executor_name};
use crate::job::output_kind as kind;
use crate::job::queue::requeue;
use crate::job::tail::Shown;
use crate::job::verdict::{self, Verdict};
use crate::job::waits::WaitReason;
use crate::output::page::Page;
use crate::output::{Outcome, colour};

/// The last lines of a stream that are shown.
const LINES: u64 = 10;
/// The last notices that are shown without `-v`: helm may say much.
const NOTICES: usize = 10;
/// A line of output may be longer than anybody reads; so many bytes of its end are shown.
const TEXT_MAX: usize = 16 * 1024;

/// Shows the page where stdout is a terminal, else returns None.
///
/// # Errors
/// The database cannot be asked.
pub async fn show(ctx: &mut Context, row: &Row, is_raw: bool) -> Result<Option<Outcome>> {
    let (clock, is_verbose) = (ctx.clock(), ctx.verbose > 0);
    let (db, printer) = ctx.open().await?;
    let Some(mut page) = printer.page() else { return Ok(None) };
    let id = JobId(row.id("id")?);
    let names = names(db, id).await?;
    let snapshot = follow::snapshot(db, &[id]).await?.pop();
    let state = JobState::read(row);
    let reason = match state {
        JobState::Waiting => requeue::last_reason(db, id).await?,
        JobState::Running | JobState::Ended(_) => lines(db, id, &[kind::REASON]).await?.pop(),
    };
    let verdict = Verdict {
        job: id,
        state,
        runtemplate: names.text("runtemplate"),
        begin: row.time("begin"),
        end: row.time("end"),
        meaning: exit_code::meanings(db, std::slice::from_ref(row)).await?.text_for(row),
        reason,
    };
    head(&mut page, &verdict, clock);
    why(db, &mut page, &verdict, snapshot.as_ref(), clock).await?;
    facts(&mut page, row, &names, &verdict, clock);
    page.fact("attempt", &attempt(db, row).await?.unwrap_or_default());
    page.fact("started by", &names.text("login").unwrap_or_default());
    let artifacts = artifacts(db, id).await?;
    artifact_facts(&mut page, &artifacts);
    let record = get::shown(row);
    if is_verbose {
        page.fact("command", record.get("command").and_then(Json::as_str).unwrap_or_default());
        if let Some(versions) = get::versions(db, id).await? {
            page.fact("versions", &versions.line());
        }
    }
    let mut told = lines(db, id, &[kind::NOTICE]).await?;
    told.retain(|notice| Some(notice) != verdict.reason.as_ref());
    notices(&mut page, &told, is_verbose);
    for (title, shown) in [("stdout", Shown::Stdout), ("stderr", Shown::Stderr)] {
        output(db, &mut page, &verdict, title, shown, is_raw).await?;
    }
    if is_verbose {
        variables(&mut page, &record);
    }
    page.part("next", "");
    let wait = snapshot.map(|snapshot| Wait::for_moment(snapshot.queued, clock.now));
    let is_foreign = matches!(executor_name(row), ExecutorName::Foreign(_));
    let commands = match credential_check::find_blocked(db, id).await? {
        Some(blocked) => blocked.commands(),
        // Whatever it waits for, this tool does not run it.
        None if state == JobState::Waiting && is_foreign => vec![format!("job cancel {id}")],
        None => next(&verdict, wait, &artifacts),
    };
    for command in commands {
        page.command(&format!("multiflexi-cli {command}"));
    }
    page.show().map(|()| Some(Outcome::Written))
}

/// What the ids in a job's row are called.
async fn names(db: &mut Db, id: JobId) -> Result<Row> {
    let mut select = select::from(tables::JOB)
        .expr_as(Expr::col((tables::RUNTEMPLATE, "name")), "runtemplate")
        .expr_as(Expr::col((tables::COMPANY, "name")), "company")
        .expr_as(Expr::col((tables::COMPANY, "slug")), "slug")
        .expr_as(Expr::col((tables::APPS, "name")), "application")
        .expr_as(Expr::col((tables::USER, "login")), "login")
        .take();
    for (table, key) in [
        (tables::RUNTEMPLATE, "runtemplate_id"),
        (tables::COMPANY, "company_id"),
        (tables::APPS, "app_id"),
        (tables::USER, "launched_by"),
    ] {
        select.left_join(table, refers_to((tables::JOB, key), table));
    }
    let row = db.fetch_optional(select.and_where(Expr::col((tables::JOB, "id")).eq(id))).await?;
    row.ok_or_else(|| TABLE.unknown("id", &id.to_string()))
}

/// What a job waits for, or why it failed.
async fn why(
    db: &mut Db,
    page: &mut Page<'_>,
    verdict: &Verdict,
    snapshot: Option<&JobSnapshot>,
    clock: Clock,
) -> Result<()> {
    if let Some(snapshot) = snapshot.filter(|snapshot| [verdict.state, snapshot.state] == [JobState::Waiting; 2]) {
        let wait = Wait::for_moment(snapshot.queued, clock.now);
        let last_try = verdict.reason.clone();
        let reason = WaitReason::read(db, verdict.job, snapshot.runtemplate, wait, last_try, clock).await?;
        page.fact("waits", &reason.text(clock));
    } else if let Some(reason) = &verdict.reason {
        page.fact("reason", reason);
    }
    Ok(())
}

/// Which job it is, and how it stands.
fn head(page: &mut Page<'_>, verdict: &Verdict, clock: Clock) {
    let name = verdict.runtemplate.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    page.head(&format!("job {}{name}", verdict.job));
    let word = verdict.standing().word();
    let more = match verdict.state {
        JobState::Ended(code) => {
            let code = match (code, &verdict.meaning) {
                (0, None) => String::new(),
                (0, Some(meaning)) => format!(": {meaning}"),
                (code, meaning) => format!(": {}", verdict::exit_code_text(code, meaning.as_deref())),
            };
            let when = verdict.end.map(|end| format!(", {}", clock.relative(end))).unwrap_or_default();
            format!("{code}{when}")
        }
        JobState::Running => verdict.begin.map(|begin| format!(" for {}", clock.since(begin))).unwrap_or_default(),
        JobState::Waiting => String::new(),
    };
    page.state(colour::of_state(word), word, &more);
}

fn facts(page: &mut Page<'_>, row: &Row, names: &Row, verdict: &Verdict, clock: Clock) {
    // What more there is to say of it stands before the id.
    let with_id = |name: &str, id: &str, more: Option<String>| match (names.filled(name), row.text(id)) {
        (Some(name), Some(id)) => {
            let more = more.map(|more| format!("{more}, ")).unwrap_or_default();
            format!("{name} ({more}{id})")
        }
        (None, Some(id)) => format!("{id}, which is gone"),
        (_, None) => String::new(),
    };
    page.fact("runtemplate", &with_id("runtemplate", "runtemplate_id", None));
    page.fact("company", &with_id("company", "company_id", names.filled("slug")));
    let version = row.filled("app_version").filter(|version| version != "n/a");
    page.fact("application", &with_id("application", "app_id", version));
    page.fact("executor", &row.text("executor").unwrap_or_default());
    let moment = |moment: Option<NaiveDateTime>| {
        moment.map(|moment| format!("{moment} ({})", clock.relative(moment))).unwrap_or_default()
    };
    let scheduled = row.time("schedule").map(|schedule| moment(Some(schedule)));
    let origin = row.filled("schedule_type").map(|kind| Origin::in_words(&kind).to_owned());
    let scheduled: Vec<String> = scheduled.into_iter().chain(origin).collect();
    page.fact("scheduled", &scheduled.join(", "));
    page.fact("began", &moment(verdict.begin));
    page.fact("ended", &moment(verdict.end));
    if let (Some(begin), Some(end)) = (verdict.begin, verdict.end) {
        page.fact("took", &clock.between(begin, end));
    }
}

/// Which attempt at its task this job is.
async fn attempt(db: &mut Db, row: &Row) -> Result<Option<String>> {
    let Some(task) = row.int("task_id") else { return Ok(None) };
    let number =
        db.count_where(tables::JOB, Expr::col("task_id").eq(task).and(Expr::col("id").lte(row.int("id")))).await?;
    let runtemplate = db.find_referred(tables::RUNTEMPLATE, row.int("runtemplate_id")).await?;
    let most = runtemplate
        .and_then(|row| row.int("max_attempts"))
        .filter(|most| u64::try_from(*most).is_ok_and(|most| most >= number));
    let out_of = most.map(|most| format!(" of {most}")).unwrap_or_default();
    Ok(Some(format!("{number}{out_of} (task {task})")))
}

async fn artifacts(db: &mut Db, id: JobId) -> Result<Vec<Row>> {
    let mut select = select::columns(tables::ARTIFACTS, ["id", "filename", "content_type"])
        .and_where(Expr::col("job_id").eq(id))
        .take();
    db.fetch_all(select.order_by("id", Order::Asc)).await
}

fn artifact_facts(page: &mut Page<'_>, artifacts: &[Row]) {
    for (at, artifact) in artifacts.iter().enumerate() {
        let text = |column| artifact.text(column).unwrap_or_default();
        let line = format!("{} {} ({})", text("id"), text("filename"), text("content_type"));
        page.fact(if at == 0 { "artifacts" } else { "" }, &line);
    }
}

fn notices(page: &mut Page<'_>, notices: &[String], all: bool) {
    if notices.is_empty() {
        return;
    }
    let left = if all { 0 } else { notices.len().saturating_sub(NOTICES) };
    page.part(
        "notices",
        &if left > 0 { format!(", the last {NOTICES} (-v shows {left} more)") } else { String::new() },
    );
    for notice in &notices[left..] {
        page.line(notice);
    }
}

/// The last lines of a stream, without the reason at its end, which stands above.
async fn output(
    db: &mut Db,
    page: &mut Page<'_>,
    verdict: &Verdict,
    title: &str,
    shown: Shown,
    is_raw: bool,
) -> Result<()> {
    // One more tells that there is more.
    let mut reader = follow::OutputReader::new(db, verdict.job, &[shown], Some(LINES + 1)).await?;
    let (mut text, mut is_cut) = (String::new(), false);
    reader
        .read(db, |_, piece| {
            text.push_str(piece);
            if text.len() > 2 * TEXT_MAX {
                is_cut = true;
                keep_end(&mut text);
            }
            Ok(())
        })
        .await?;
    if text.len() > TEXT_MAX {
        is_cut = true;
        keep_end(&mut text);
    }
    let without_reason = verdict.reason.as_ref().and_then(|reason| text.trim_end().strip_suffix(reason.as_str()));
    if let Some(rest) = without_reason.filter(|rest| rest.is_empty() || rest.ends_with('\n')) {
        text.truncate(rest.len());
    }
    if text.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let has_more = is_cut || lines.len() as u64 > LINES;
    page.part(title, if has_more { ", its end" } else { "" });
    let first = lines.len().saturating_sub(usize::try_from(LINES).unwrap_or_default());
    page.output(&lines[first..].concat(), is_raw);
    Ok(())
}

fn keep_end(text: &mut String) {
    let cut = (text.len().saturating_sub(TEXT_MAX)..=text.len()).find(|at| text.is_char_boundary(*at));
    text.drain(..cut.unwrap_or_default());
}

/// The job's environment, its secrets masked.
fn variables(page: &mut Page<'_>, record: &Map<String, Json>) {
    match record.get("env") {
        Some(Json::Object(variables)) if !variables.is_empty() => {
            page.part("variables", "");
            for (name, value) in variables {
                page.line(&format!("{name}={}", value.as_str().unwrap_or_default()));
            }
        }
        Some(Json::String(message)) => {
            page.part("variables", "");
            page.line(message);
        }
        _ => {}
    }
}

/// What is probably done next.
fn next(verdict: &Verdict, wait: Option<Wait>, artifacts: &[Row]) -> Vec<String> {
    let id = verdict.job;
    let mut commands = match (verdict.state, wait) {
        (JobState::Waiting, Some(Wait::Outside) | None) => vec![format!("job run {id} --unqueued")],
        (JobState::Waiting, Some(_)) => {
            vec![format!("job run {id}"), format!("job output {id} --follow"), format!("job cancel {id}")]
        }
        (JobState::Running, _) => vec![format!("job output {id} --follow"), format!("job cancel {id}")],
        (JobState::Ended(_), _) => vec![format!("job output {id}")],
    };
    if let Some(artifact) = artifacts.last() {
        // A name that a shell would read otherwise is left to be typed.
        let is_plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let file = artifact.filled("filename").filter(is_plain).unwrap_or_else(|| "FILE".into());
        commands.push(format!("artifact save {} --file={file}", artifact.text("id").unwrap_or_default()));
    }
    if matches!(verdict.state, JobState::Ended(code) if code != 0) {
        commands.push(format!("job retry {id}"));
    }
    commands
}
