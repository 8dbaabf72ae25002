//! What `queue run` did, job by job.

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt as _;

use serde_json::{Value, json};

use crate::commands::queue::child::EndedChild;
use crate::commands::queue::fill::Filled;
use crate::error::{Error, Kind};
use crate::id::JobId;
use crate::job::credential_check::BlockedJob;
use crate::job::recovery::resolution::Resolution;
use crate::job::run::run_result::RunResult;
use crate::job::state::State;
use crate::output::on_one_line;
use crate::width::first_of;

/// What became of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    Success,
    Failed,
    NotRun,
    /// Its program ran, or may have; its result is unknown.
    Lost,
    /// A credential is missing; the job waits.
    Blocked,
    /// Not ours: somebody else took it, or another job of its runtemplate runs.
    Left,
}

impl JobOutcome {
    fn from_result(result: &RunResult) -> JobOutcome {
        match result.exitcode {
            Some(0) => JobOutcome::Success,
            Some(_) => match result.status {
                Some(State::NotRun) => JobOutcome::NotRun,
                Some(State::Lost) => JobOutcome::Lost,
                _ => JobOutcome::Failed,
            },
            None if result.is(Kind::Blocked) => JobOutcome::Blocked,
            // It may have been deleted meanwhile.
            None if result.is_taken || result.running_job.is_some() || result.is(Kind::NotFound) => JobOutcome::Left,
            None => JobOutcome::NotRun,
        }
    }
}

/// What a `queue run` came to: how many jobs ended how, and each of them.
#[derive(Default)]
pub struct Summary {
    pub success: usize,
    pub failed: usize,
    /// Jobs that could not be run, counted once however often they were tried.
    not_run: HashSet<JobId>,
    /// Jobs that wait for a credential. Each is told once.
    blocked: HashSet<JobId>,
    /// Jobs that another executor took, or somebody deleted.
    taken: usize,
    /// Jobs whose runtemplate was busy, until they are run.
    left: HashSet<JobId>,
    jobs: Vec<Value>,
    /// Jobs whose runner died, and which were brought to their end or wait again.
    mended: Vec<Value>,
    /// Jobs whose runner died and which could not be brought to their end.
    unmended: Vec<Value>,
    /// What of the queue does not go on by itself, in lines.
    obstacles: Vec<String>,
    /// Jobs that ended without anybody knowing how, each told once.
    lost: HashSet<JobId>,
    /// Was one of them run here?
    has_lost: bool,
    /// How many of the mended ones did not succeed.
    mended_failed: usize,
    /// The jobs that failed.
    failed_jobs: Vec<JobId>,
    /// What `queue fill` would have answered.
    filled: Option<Value>,
    /// Runtemplates whose job could not be made.
    not_filled: usize,
    detail: Detail,
}

/// How much a [`Summary`] keeps beside its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Nothing: it goes on for days, and would grow.
    Numbers,
    /// The jobs that failed, for people.
    #[default]
    Failures,
    /// What became of each job, for programs.
    EachJob,
}

/// A job as it is told of.
pub struct JobReport {
    pub fate: JobOutcome,
    /// In one line, whatever its runtemplate is called.
    pub line: String,
    /// Another job of its runtemplate runs.
    pub is_busy: bool,
    /// Its runner could not work with the database.
    pub is_database: bool,
    /// As that, and only because somebody else holds a lock.
    pub is_locked: bool,
}

impl Summary {
    /// A summary of nothing yet.
    pub fn new(detail: Detail) -> Summary {
        Summary { detail, ..Summary::default() }
    }

    /// What is found wrong at each look at the queue counts as of the last one.
    pub fn begin_pass(&mut self) {
        self.unmended.clear();
        self.not_filled = 0;
    }

    /// Enters what filling the queue came to.
    pub fn enter_fill(&mut self, filled: Filled) {
        self.not_filled = filled.failed;
        if self.detail != Detail::Numbers {
            self.filled = Some(filled.json);
        }
    }

    /// Enters that the queue could not be filled to its end, and prints a line.
    pub fn not_filled(&mut self, error: &Error) -> String {
        self.not_filled = self.not_filled.saturating_add(1);
        format!("error: {}", error.advice())
    }

    /// Enters a job that was tried.
    pub fn enter(&mut self, ended: &EndedChild) -> JobReport {
        let waiting = &ended.waiting;
        let result = ended.result.clone();
        // What becomes of the job is told of it next.
        let fate = result.as_ref().map_or(JobOutcome::Lost, JobOutcome::from_result);
        let result = result.unwrap_or_else(|| RunResult { message: Some(died(ended)), ..RunResult::default() });
        let status = match fate {
            JobOutcome::Success => State::Success.word(),
            JobOutcome::Failed => result.status.unwrap_or(State::Failed).word(),
            JobOutcome::NotRun => State::NotRun.word(),
            JobOutcome::Lost => State::Lost.word(),
            JobOutcome::Blocked => "blocked",
            JobOutcome::Left => "left",
        };
        let message = &result.message;
        let seconds = (ended.took.as_secs_f64() * 1000.0).round() / 1000.0;
        let name = if waiting.name.is_empty() { String::new() } else { format!(" ({})", waiting.name) };
        let runtemplate = waiting.runtemplate.map(|id| format!(", runtemplate {id}{name}")).unwrap_or_default();
        let mut line = format!("job {}{runtemplate}: {status}", waiting.job);
        if let Some(code) = result.exitcode {
            line.push_str(&format!(", exit code {code}"));
        }
        line.push_str(&format!(", {seconds:.1} s"));
        if let Some(message) = message {
            line.push_str(&format!(": {message}"));
        }
        // What is to be done is for the person who has to do it.
        if let (JobOutcome::NotRun | JobOutcome::Blocked, Some(hint)) = (fate, &result.hint) {
            line.push_str(&format!(". {hint}"));
        }
        let is_busy = result.running_job.is_some();
        if self.left.contains(&waiting.job) {
            self.jobs.retain(|job| job["job_id"] != json!(waiting.job));
        }
        self.count(waiting.job, fate, is_busy);
        if fate == JobOutcome::Failed {
            self.keep_failed(waiting.job);
        }
        if fate == JobOutcome::Blocked {
            self.blocked.insert(waiting.job);
        }
        if fate == JobOutcome::Lost {
            self.lost.insert(waiting.job);
            self.has_lost = true;
        }
        let (is_database, is_locked) = (result.is(Kind::Database), result.is_locked);
        let report = JobReport { fate, line: on_one_line(&line), is_busy, is_database, is_locked };
        // What another executor took is its to tell.
        if fate == JobOutcome::Left && !is_busy {
            return report;
        }
        self.keep(json!({
            "job_id": waiting.job, "runtemplate_id": waiting.runtemplate, "runtemplate": waiting.name, "status": status,
            "exitcode": result.exitcode, "duration": seconds, "message": message,
        }));
        report
    }

    /// Enters a job that a credential has blocked since before, and prints a line where none was printed yet.
    pub fn enter_blocked(&mut self, job: &BlockedJob) -> Option<String> {
        if !self.blocked.insert(job.job) {
            return None;
        }
        self.keep(json!({
            "job_id": job.job, "runtemplate_id": job.runtemplate, "runtemplate": job.name, "status": "blocked", "exitcode": null,
            "duration": 0, "message": job.reason,
        }));
        let runtemplate = job.runtemplate.map(|id| format!(", runtemplate {id} ({})", job.name)).unwrap_or_default();
        Some(on_one_line(&format!("job {}{runtemplate}: blocked: {}. {}", job.job, job.reason, job.remedy())))
    }

    /// Enters a job for which no process could be started, and prints a line.
    pub fn not_started(&mut self, job: JobId, error: &Error) -> String {
        self.count(job, JobOutcome::NotRun, false);
        self.keep(json!({"job_id": job, "status": State::NotRun.word(), "exitcode": null, "message": error.line()}));
        format!("job {job}: {}: {}", State::NotRun.word(), error.line())
    }

    /// Enters a job whose runner died, and what became of it.
    pub fn enter_lost(&mut self, job: JobId, resolution: Resolution, message: &str) {
        if resolution.is_known() {
            self.lost.remove(&job);
        } else {
            self.lost.insert(job);
        }
        if resolution.exit_code().is_some_and(|code| code != 0) {
            self.keep_failed(job);
            self.mended_failed += 1;
        }
        if self.detail != Detail::Numbers {
            self.mended.push(json!({"job_id": job, "exitcode": resolution.exit_code(), "message": message}));
        }
    }

    /// Enters a job whose runner died and which cannot be brought to its end, and prints a line.
    pub fn not_mended(&mut self, job: JobId, error: &Error) -> String {
        let advice = error.advice();
        self.unmended.push(json!({"job_id": job, "message": error.line(), "hint": error.hint}));
        format!("job {job}: {advice}")
    }

    /// Enters what of the queue does not go on by itself.
    pub fn enter_obstacles(&mut self, lines: Vec<String>) {
        self.obstacles = lines;
    }

    /// Is there anything that an operator has to know of?
    pub fn needs_operator(&self) -> bool {
        let is_stuck = !self.unmended.is_empty() || !self.obstacles.is_empty();
        !self.not_run.is_empty() || self.has_lost || !self.blocked.is_empty() || self.not_filled > 0 || is_stuck
    }

    /// Did a job fail, here or under a runner that died?
    pub fn has_failed_jobs(&self) -> bool {
        self.failed + self.mended_failed > 0
    }

    fn keep_failed(&mut self, job: JobId) {
        if self.detail != Detail::Numbers {
            self.failed_jobs.push(job);
        }
    }

    /// Which jobs failed, in a line.
    pub fn failed_jobs(&self) -> String {
        const SHOWN: usize = 20;
        let (count, shown) = (self.failed_jobs.len(), first_of(&self.failed_jobs, SHOWN));
        format!("jobs failed: {count} ({shown}); `multiflexi-cli job get N` shows one")
    }

    fn keep(&mut self, job: Value) {
        if self.detail == Detail::EachJob {
            self.jobs.push(job);
        }
    }

    fn count(&mut self, job: JobId, fate: JobOutcome, is_busy: bool) {
        // It may have been tried before.
        self.not_run.remove(&job);
        self.left.remove(&job);
        match fate {
            JobOutcome::Success => self.success += 1,
            JobOutcome::Failed => self.failed += 1,
            JobOutcome::NotRun => drop(self.not_run.insert(job)),
            JobOutcome::Left if is_busy => drop(self.left.insert(job)),
            JobOutcome::Left => self.taken += 1,
            // Told once, and entered with that.
            JobOutcome::Lost | JobOutcome::Blocked => {}
        }
    }

    /// The numbers, in a line.
    pub fn text(&self) -> String {
        let Summary { success, failed, .. } = self;
        let [not_run, blocked, left] = [&self.not_run, &self.blocked, &self.left].map(HashSet::len);
        let left = left + self.taken;
        let lost = if self.lost.is_empty() { String::new() } else { format!(", lost: {}", self.lost.len()) };
        let unmended = match self.unmended.len() {
            0 => String::new(),
            count => format!(", lost and not mended: {count}"),
        };
        format!(
            "Jobs run: {}, success: {success}, failed: {failed}, not run: {not_run}, blocked: {blocked}, left: {left}{lost}{unmended}",
            success + failed
        )
    }

    /// The numbers, and what became of each job, for programs; `seconds` is how long all of it took.
    pub fn json(self, seconds: f64) -> Value {
        let Summary {
            success,
            failed,
            not_run,
            blocked,
            taken,
            left,
            lost,
            jobs,
            mended,
            unmended,
            obstacles,
            filled,
            ..
        } = self;
        let mut json = json!({
            "run": success + failed, "success": success, "failed": failed, "not_run": not_run.len(),
            "blocked": blocked.len(), "left": taken + left.len(), "duration": (seconds * 1000.0).round() / 1000.0, "jobs": jobs, "lost": lost.len(),
            "mended": mended, "unmended": unmended, "stuck": obstacles,
        });
        if let Some(filled) = filled {
            json["fill"] = filled;
        }
        json
    }
}

/// Why a runner said nothing.
fn died(result: &EndedChild) -> String {
    let how = match result.status.and_then(|status| status.signal().or(status.code()).map(|n| (status.signal(), n))) {
        Some((Some(_), signal)) => format!("was ended by signal {signal}"),
        Some((None, code)) => format!("ended with {code} and said nothing"),
        None => "cannot be waited for".into(),
    };
    format!("its runner {how}; if the job had begun, that is told of it next, else the next `queue run` takes it")
}
