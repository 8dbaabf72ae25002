//! A look at the queue: it is filled where that is wanted, jobs whose runner died are brought to their end, and what is due is to be
//! run.

use std::collections::HashSet;
use std::time::Duration;

use chrono::NaiveDateTime;
use nix::unistd::Pid;
use sea_query::{Cond, Expr, ExprTrait};
use tokio::time::Instant;

use crate::clock;
use crate::commands::queue::child;
use crate::commands::queue::fill;
use crate::commands::queue::summary::{JobOutcome, JobReport, Summary};
use crate::db::{Db, tables};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::create::CreateSettings;
use crate::job::credential_check;
use crate::job::heartbeat::{self, Round};
use crate::job::queue::due::{Busy, Due, Waiting};
use crate::job::recovery::crashed::{self, LostJobs, LostReport};
use crate::job::recovery::obstacles;
use crate::job::runner::UnfinishedJob;
use crate::job::runner::lease;
use crate::job::task::RetryContext;
use crate::output::{Format, Printer};

/// The jobs that are being run.
pub struct Children {
    pub jobs: Vec<(Waiting, Option<Pid>)>,
    /// Runtemplates of which somebody else runs a job: theirs are left to the next `queue run`.
    pub busy: Busy,
    pub allow_overlap: bool,
}

impl Children {
    /// The runtemplates whose other jobs have to wait.
    fn busy(&self) -> Busy {
        if self.allow_overlap {
            return Busy::new();
        }
        let running = self.jobs.iter().filter_map(|(waiting, _)| waiting.runtemplate);
        self.busy.iter().copied().chain(running).collect()
    }

    /// Sends a signal to the runner of each job that is being run.
    pub fn signal(&self, number: i32) {
        for pid in self.jobs.iter().filter_map(|(_, pid)| *pid) {
            child::signal(pid, number);
        }
    }
}

/// One look at the queue: what is to be run by it.
pub struct Pass {
    /// Jobs of dead runners whose result is still in the cluster, the oldest last.
    pub resumed: Vec<Waiting>,
    due: Due,
}

impl Pass {
    /// Takes the next job to begin: one that is to be resumed, else a due one whose runtemplate is free.
    ///
    /// `is_at_hand`: a runner waits for it. None: no such job is left.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn next(&mut self, db: &mut Db, running: &Children, is_at_hand: bool) -> Result<Option<Waiting>> {
        match self.resumed.pop() {
            Some(waiting) => Ok(Some(waiting)),
            None => self.due.take(db, &running.busy(), is_at_hand).await,
        }
    }

    /// A job was begun by this runner, or is not its to begin, because another one of its runtemplate runs or somebody else was first.
    pub fn enter(&mut self, job: JobId, report: &JobReport) {
        match report.fate {
            JobOutcome::Left if report.is_busy => self.due.give_back(job),
            JobOutcome::Left => self.due.lose(),
            JobOutcome::Success | JobOutcome::Failed | JobOutcome::NotRun | JobOutcome::Lost | JobOutcome::Blocked => {
                self.due.win()
            }
        }
    }

    /// The job that ran of some runtemplates has ended: theirs that were left for it may begin.
    pub fn read_again(&mut self) {
        self.due.read_again();
    }

    /// Nothing more is begun by it.
    pub fn give_up(&mut self) {
        self.resumed.clear();
        self.due.give_up();
    }
}

/// What ending the jobs whose runner died came to.
#[derive(Default)]
pub struct EndedLost {
    /// Those whose result is still in the cluster, and that this `queue run` is for, the oldest last: they are to be run before anything
    /// new begins.
    pub resumed: Vec<Waiting>,
    /// The runtemplates of those that ended, or wait again.
    pub freed: Vec<RunTemplateId>,
}

/// What each look at the queue is made with.
pub struct QueuePoll {
    /// Set where the queue is to be filled.
    pub fill: Option<CreateSettings>,
    /// What the next attempt at the task of a job is made with whose runner died, and the zone of all clocks.
    pub retry: RetryContext,
    pub company: Option<CompanyId>,
    pub executor: Option<ExecutorName>,
    /// Jobs whose leases had lapsed, and when they are to be looked at again.
    pub lapsed: Option<(Instant, Vec<UnfinishedJob>)>,
    /// What of the queue does not go on by itself, and when that was looked for.
    pub obstacles: Option<(Instant, Vec<String>)>,
}

/// Under `--watch` it is looked for so often.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

impl QueuePoll {
    /// Fills the queue where that is wanted, ends the jobs whose runner died, and looks for what is due.
    ///
    /// # Errors
    /// The database cannot be worked with. What is wrong with one runtemplate or with one job is told.
    pub async fn begin(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &Children,
        summary: &mut Summary,
    ) -> Result<Pass> {
        clock::follow(db.seconds_ahead().await?);
        let now = clock::now(self.retry.zone);
        summary.begin_pass();
        if let Some(settings) = &mut self.fill {
            settings.now = now;
            match fill::make(db, printer, settings, self.retry.zone).await {
                Ok(filled) => {
                    filled.lines.iter().for_each(|line| printer.line(line));
                    summary.enter_fill(filled);
                }
                // What waits already need not wait for that.
                Err(error) if error.is_locked() => line_always(printer, &summary.not_filled(&error)),
                Err(error) => return Err(error),
            }
        }
        for job in credential_check::blocked(db, self.only()).await? {
            // A reader of cron's mail has to learn of it for as long as it is so.
            if let Some(line) = summary.enter_blocked(&job) {
                line_always(printer, &line);
            }
        }
        let begun: HashSet<JobId> = running.jobs.iter().map(|(waiting, _)| waiting.job).collect();
        let mut lost = crashed::find(db, now).await?;
        if self.lapsed.is_none() && !lost.lapsed.is_empty() {
            self.lapsed = Some((Instant::now() + lease::second_look(), std::mem::take(&mut lost.lapsed)));
        }
        let mut resumed = self.end_lost(db, printer, summary, lost).await?.resumed;
        self.tell_obstacles(db, printer, now, summary).await?;
        heartbeat::beat(db, Round::Run, now).await?;
        resumed.retain(|waiting| !begun.contains(&waiting.job));
        Ok(Pass { resumed, due: Due::new(now, self.company, self.executor.clone(), begun) })
    }

    /// Tells what of the queue does not go on by itself: each time, as of lost jobs, but looked for each minute at most.
    async fn tell_obstacles(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        now: NaiveDateTime,
        summary: &mut Summary,
    ) -> Result<()> {
        let is_fresh = self.obstacles.as_ref().is_some_and(|(at, _)| at.elapsed() < BETWEEN_LOOKS);
        if !is_fresh {
            let lines = obstacles::report(db, now).await?;
            for line in &lines {
                line_always(printer, line);
            }
            self.obstacles = Some((Instant::now(), lines));
        }
        summary.enter_obstacles(self.obstacles.as_ref().map(|(_, lines)| lines.clone()).unwrap_or_default());
        Ok(())
    }

    /// The jobs that are to be run by it.
    fn only(&self) -> Cond {
        let company = self.company.map(|id| Expr::col((tables::JOB, "company_id")).eq(id));
        let executor = self.executor.as_ref().map(|name| Expr::col((tables::JOB, "executor")).eq(name.as_str()));
        Cond::all().add_option(company).add_option(executor)
    }

    /// Looks again at the jobs whose leases had lapsed, and ends those that nobody holds.
    ///
    /// # Errors
    /// Same as [`QueuePoll::begin`]; these jobs are not looked at a third time.
    pub async fn look_again(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &Children,
        summary: &mut Summary,
    ) -> Result<EndedLost> {
        let Some((_, lapsed)) = self.lapsed.take() else { return Ok(EndedLost::default()) };
        let lost = crashed::find_again(db, &lapsed).await?;
        let mut ended = self.end_lost(db, printer, summary, lost).await?;
        ended.resumed.retain(|waiting| !running.jobs.iter().any(|(it, _)| it.job == waiting.job));
        Ok(ended)
    }

    /// Ends a job whose runner has just died, as the next look at the queue would. What its pod knows is fetched by that one.
    ///
    /// # Errors
    /// Same as [`QueuePoll::begin`], also over a new connection to the database.
    pub async fn mend(&self, db: &mut Db, printer: &Printer, summary: &mut Summary, job: JobId) -> Result<()> {
        let now = clock::now(self.retry.zone);
        let mut lost = db.over_new_connection(async |db| crashed::find(db, now).await).await?;
        lost.keep_only(job);
        self.end_lost(db, printer, summary, lost).await.map(drop)
    }

    /// Looks at the queue again, over a new connection where the old one has gone.
    ///
    /// # Errors
    /// Same as [`QueuePoll::begin`], also over a new connection to the database.
    pub async fn begin_anew(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &mut Children,
        summary: &mut Summary,
    ) -> Result<Pass> {
        running.busy.clear();
        db.over_new_connection(async |db| self.begin(db, printer, running, summary).await).await
    }

    /// Is it one of the jobs that are to be run by it?
    fn is_for(&self, job: &UnfinishedJob) -> bool {
        self.company.is_none_or(|company| job.company == Some(company))
            && self.executor.as_ref().is_none_or(|executor| job.executor == *executor)
    }

    /// A look at the queue by which nothing is begun.
    pub fn nothing(&self) -> Pass {
        let mut due = Due::new(clock::now(self.retry.zone), self.company, self.executor.clone(), HashSet::new());
        due.give_up();
        Pass { resumed: Vec::new(), due }
    }

    /// Ends the jobs whose runner died. What cannot be mended is told each time.
    async fn end_lost(
        &self,
        db: &mut Db,
        printer: &Printer,
        summary: &mut Summary,
        lost: LostJobs,
    ) -> Result<EndedLost> {
        let (mut resumed, mut freed) = (Vec::new(), Vec::new());
        lost.end(db, &self.retry, |report| {
            match report {
                LostReport::InKubernetes(job) if !self.is_for(job) => {}
                LostReport::InKubernetes(job) => {
                    resumed.push(Waiting {
                        job: job.id,
                        entry: None,
                        runtemplate: job.runtemplate,
                        name: String::new(),
                    });
                }
                LostReport::Ended(job, resolution, message) => {
                    let line = format!("job {}: {message}", job.id);
                    if resolution.is_known() {
                        printer.line(&line);
                    } else {
                        // What became of it is for a person to look at.
                        line_always(printer, &line);
                    }
                    summary.enter_lost(job.id, resolution, &message);
                    freed.extend(job.runtemplate);
                }
                LostReport::Unmended(job, error) => line_always(printer, &summary.not_mended(job, &error)),
                // Else nobody would learn of it.
                LostReport::Superseded(job, message) => line_always(printer, &format!("job {job}: {message}")),
                LostReport::Leftovers(job, message) => {
                    printer.line(&format!("job {job}: {}", message.unwrap_or_else(|message| message)));
                }
            }
        })
        .await?;
        resumed.reverse();
        Ok(EndedLost { resumed, freed })
    }
}

/// Tells of a job that was not run. Under `queue run -q`, cron's, that is all there is to read.
pub fn line_always(printer: &Printer, line: &str) {
    if printer.quiet || printer.format != Format::Text {
        printer.note_always(line);
    } else {
        printer.line(line);
    }
}
