//! What a job came to, for people and programs: its state, its exit code with the application's own text, and why.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Value as Json, json};

use crate::clock::Clock;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::executor::reason::StoredReason;
use crate::id::JobId;
use crate::job::exit_code;
use crate::job::model::JobState;
use crate::job::output_kind as kind;
use crate::job::state::State;
use crate::output::on_one_line;
use crate::row::TIME_FORMAT;

/// What a job came to, or how far it is.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub job: JobId,
    pub state: JobState,
    /// The name of its runtemplate.
    pub runtemplate: Option<String>,
    pub begin: Option<NaiveDateTime>,
    pub end: Option<NaiveDateTime>,
    /// The application's own text for the exit code.
    pub meaning: Option<String>,
    /// Why it failed for want of something: code and sentence.
    pub reason: Option<String>,
}

/// Reads what some jobs came to. Those that are gone are left out.
///
/// # Errors
/// The database cannot be asked.
pub async fn read_all(db: &mut Db, ids: &[JobId]) -> Result<Vec<Verdict>> {
    let select =
        select::columns(tables::JOB, ["id", "app_id", "begin", "end", "exitcode"].map(|column| (tables::JOB, column)))
            .expr_as(Expr::col((tables::RUNTEMPLATE, "name")), "runtemplate")
            .left_join(tables::RUNTEMPLATE, refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE))
            .take();
    let jobs = db.fetch_for(&select, (tables::JOB, "id"), ids).await?;
    let mut reasons = reasons(db, ids).await?;
    let meanings = exit_code::meanings(db, &jobs).await?;
    let mut verdict = |row: &Row| {
        let job = JobId(row.int("id")?);
        Some(Verdict {
            job,
            state: JobState::read(row),
            runtemplate: row.filled("runtemplate"),
            begin: row.time("begin"),
            end: row.time("end"),
            meaning: meanings.text_for(row),
            reason: reasons.remove(&job),
        })
    };
    Ok(ids.iter().filter_map(|id| verdict(jobs.iter().find(|row| row.int("id") == Some(id.0))?)).collect())
}

/// The error of a job that was deleted while it was waited for.
pub fn deleted_error(job: JobId) -> Error {
    Error::not_found(format!("job {job} was deleted meanwhile"))
}

/// A job that was deleted meanwhile, for programs, where verdicts are shown.
pub fn deleted_json(job: JobId) -> Json {
    json!({"job_id": job, "status": "not found", "exitcode": null})
}

/// The lines of the reasons that are kept of some jobs; of several of one job the newest.
///
/// # Errors
/// The database cannot be asked.
pub async fn reasons(db: &mut Db, ids: &[JobId]) -> Result<HashMap<JobId, String>> {
    // Older schemas have no such table.
    if !db.has_table(tables::JOB_OUTPUT_LINES).await? {
        return Ok(HashMap::new());
    }
    let is_reason = Expr::col("type").eq(kind::REASON);
    let select = select::columns(tables::JOB_OUTPUT_LINES, ["job_id", "line"]).and_where(is_reason).take();
    let rows = db.fetch_for(select.clone().order_by("id", Order::Asc), "job_id", ids).await?;
    Ok(rows.iter().filter_map(|row| Some((JobId(row.int("job_id")?), row.text("line")?))).collect())
}

impl Verdict {
    /// Reads what one job came to; None where it was deleted.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn read(db: &mut Db, id: JobId) -> Result<Option<Verdict>> {
        Ok(read_all(db, &[id]).await?.pop())
    }

    /// How it ended or stands.
    pub fn standing(&self) -> State {
        State::with_reason(self.state, self.reason.as_deref())
    }

    /// In one line: `job 5 (nightly) failed after 12 s: exit code 3 (No connection)`.
    pub fn line(&self, clock: Clock) -> String {
        self.sentence(clock, self.reason.as_deref())
    }

    /// In one line without the reason, where that was told before.
    pub fn brief(&self, clock: Clock) -> String {
        self.sentence(clock, None)
    }

    fn sentence(&self, clock: Clock, reason: Option<&str>) -> String {
        let name = self.runtemplate.as_deref().map(|name| format!(" ({})", on_one_line(name))).unwrap_or_default();
        let JobState::Ended(code) = self.state else {
            let since = self.begin.map(|begin| format!(" since {}", clock.since(begin))).unwrap_or_default();
            let word = if self.state == JobState::Waiting { "has not begun" } else { "runs" };
            return format!("job {}{name} {word}{since}", self.job);
        };
        let took = match (self.begin, self.end) {
            (Some(begin), Some(end)) => format!(" after {}", clock.between(begin, end)),
            _ => String::new(),
        };
        let word = match self.standing() {
            State::Success => "succeeded",
            State::Cancelled => "was cancelled",
            State::TimeLimit => "reached its time limit",
            State::NotRun => "could not be run",
            State::Lost => "was lost",
            State::Pending | State::Running | State::Failed => "failed",
        };
        let because = [
            (code != 0).then(|| exit_code_text(code, self.meaning.as_deref())),
            self.meaning.clone().filter(|_| code == 0),
            reason.map(str::to_owned),
        ];
        let because: Vec<String> = because.into_iter().flatten().collect();
        let because = if because.is_empty() { String::new() } else { format!(": {}", because.join("; ")) };
        format!("job {}{name} {word}{took}{because}", self.job)
    }

    /// For programs, with the keys of `job run --format=json`.
    pub fn to_json(&self) -> Json {
        let moment = |moment: Option<NaiveDateTime>| moment.map(|moment| moment.format(TIME_FORMAT).to_string());
        let reason = self.reason.as_deref().map(StoredReason::read);
        json!({
            "job_id": self.job, "status": self.standing().word(), "exitcode": self.state.exit_code(), "meaning": self.meaning,
            "reason": reason.as_ref().and_then(|reason| reason.code).map(<&str>::from),
            "message": reason.as_ref().map(|reason| reason.sentence),
            "begin": moment(self.begin), "end": moment(self.end),
        })
    }
}

/// An exit code with what it means: `exit code 3 (No connection)`.
pub fn exit_code_text(code: i64, meaning: Option<&str>) -> String {
    let meaning = meaning.map(|meaning| format!(" ({meaning})")).unwrap_or_default();
    format!("exit code {code}{meaning}")
}
