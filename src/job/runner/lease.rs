//! The lease by which a runner holds a job: it stands in the runner's record in the database, is renewed there while the job
//! runs, and lapses by the server's clock, so that clocks that differ between machines do not matter.
//!
//! `docs/runners.md` says what may go wrong and why nothing is run twice by that; `tests/model` checks it. The rules:
//!
//! - Each change of a record names the record that it takes the place of. Of two runners that want the same, one changes it.
//! - A runner whose record is not its own any more does nothing more: it saves nothing, and lets nothing go.
//! - Before a pod is asked for, its runner enters the pod's name into its own record ([`Lease::begin`]). Where none stands there,
//!   its program has not begun and never will by that runner.
//! - What begins on this machine begins only after a look at the record, or while the database does not answer only as long as the
//!   lease holds by this machine's own count ([`LeaseTerm`]).

use std::cell::RefCell;
use std::time::Duration;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Query};

use crate::config::{Settings, shown};
use crate::db::expression::{beginning, literal};
use crate::db::{Db, Dialect, Fingerprint, internal, tables};
use crate::error::{Error, Result};
use crate::executor::{AskedPod, ClaimId, LastPod, LeaseTerm};
use crate::failpoint;
use crate::id::JobId;
use crate::job::output_kind as kind;
use crate::job::runner::record::{LEASE_MAX, RELEASED, Record};
use crate::schedule::parse_limit;

/// What sets the [`LeaseDuration`].
const VARIABLE: &str = "MULTIFLEXI_RUNNER_LEASE";
/// How often a lease is renewed at the least; a job that ends before has paid nothing for it.
const PACE: Duration = Duration::from_secs(5);

/// So long a runner holds a job without renewing its lease.
#[derive(Clone, Copy, Debug)]
pub struct LeaseDuration(Duration);

impl Default for LeaseDuration {
    fn default() -> LeaseDuration {
        LeaseDuration(failpoint::at_most(Duration::from_secs(60)))
    }
}

impl LeaseDuration {
    /// Below that, a server that is busy for a moment would make leases lapse.
    const MIN: Duration = Duration::from_secs(10);

    /// The one that is set.
    ///
    /// # Errors
    /// What is set is no length of time, or too short or too long.
    pub fn from_settings(settings: &Settings) -> Result<LeaseDuration> {
        let Some(text) = settings.get(VARIABLE) else { return Ok(LeaseDuration::default()) };
        let term = parse_limit(&text).ok().filter(|term| (LeaseDuration::MIN..=LEASE_MAX).contains(term));
        term.map(|term| LeaseDuration(failpoint::at_most(term))).ok_or_else(|| {
            Error::refused(format!(
                "{VARIABLE} is {:?}, which is no length of time from 10 seconds to 1 hour",
                shown(&text)
            ))
            .hint(settings.where_to_set())
        })
    }

    /// How often a lease of this term is renewed.
    fn pace(self) -> Duration {
        failpoint::at_most(PACE).min(self.0 / 3)
    }
}

/// How long after it lapsed a lease is looked at again.
///
/// Its runner may be about to renew it, after a server that was away, or whose clock jumped.
pub fn second_look() -> Duration {
    let pace = failpoint::at_most(PACE);
    pace + pace / 2 + Duration::from_secs(1)
}

/// This process's hold on a job.
pub struct Lease {
    job: JobId,
    /// What is written of us. Its pod is the one that was asked for last, by us or by the runner before us.
    record: RefCell<Record>,
    /// The beginning of that, by which it is known to be ours.
    head: String,
    term: LeaseDuration,
    /// Counted from before it was renewed.
    pub held: LeaseTerm,
}

impl Lease {
    /// The lease of a job whose record names the database so, this pod and this claim.
    pub fn new(job: JobId, database: Fingerprint, term: LeaseDuration, pod: LastPod, claim: Option<ClaimId>) -> Lease {
        let record = Record::own(database, claim, pod);
        Lease { job, head: record.head(), record: RefCell::new(record), term, held: LeaseTerm::default() }
    }

    /// Names what is made for the job in a cluster.
    pub fn claim(&self) -> Option<ClaimId> {
        self.record.borrow().claim.clone()
    }

    /// The whole record, with a lease from now on.
    fn text(&self, dialect: Dialect) -> Expr {
        let lapses = dialect.epoch_seconds().add(literal(self.term.0.as_secs()));
        dialect.text_and_number(self.record.borrow().up_to_lease(), lapses, "}")
    }

    /// Leaves the record of a job that nobody held; call inside the transaction that claims it.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn take(&self, db: &mut Db, now: NaiveDateTime) -> Result<()> {
        let since = LeaseTerm::uptime();
        let mut insert = Query::insert();
        insert.into_table(tables::JOB_OUTPUT_LINES).columns(["job_id", "seq", "type", "line", "created_at"]);
        let row = [Expr::val(self.job), Expr::val(0), Expr::val(kind::RUNNER), self.text(db.dialect), Expr::val(now)];
        insert.values(row).map_err(internal)?;
        db.execute(&insert).await?;
        self.held.extend(since, self.term.0);
        Ok(())
    }

    /// Replaces another record by ours, if it is still as it was read; returns whether it was.
    ///
    /// Call inside the transaction that takes the job over or ends it. Of more records of the job, which an earlier version
    /// could leave on MariaDB, none is left.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn take_over(&self, db: &mut Db, other: Option<&str>, now: NaiveDateTime) -> Result<bool> {
        let Some(other) = other else { return self.take(db, now).await.map(|()| true) };
        let is_ours = self.replace(db, Expr::col("line").eq(other)).await?;
        if is_ours {
            let others = self.is_own().not().and(kind::head_row(self.job, kind::RUNNER));
            db.delete_where(tables::JOB_OUTPUT_LINES, others).await?;
        }
        Ok(is_ours)
    }

    /// The condition that a record is this process's.
    fn is_own(&self) -> Expr {
        beginning("line", self.head.chars().count() as u64).eq(self.head.as_str())
    }

    /// Renews the lease. Returns false if the job is not ours any more.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn renew(&self, db: &mut Db) -> Result<bool> {
        self.replace(db, self.is_own()).await
    }

    /// Enters that this pod will be asked for. Returns false if the job is not ours any more: then nothing may be begun.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn begin(&self, db: &mut Db, pod: AskedPod) -> Result<bool> {
        self.record.borrow_mut().pod = LastPod::Named(pod);
        self.renew(db).await
    }

    /// Lets go of the job, which has not come to its end: a runner that can bring it there need not wait.
    ///
    /// Where it is not ours any more, nothing changes.
    ///
    /// # Errors
    /// The database cannot be asked: the lease lapses by itself.
    pub async fn release(&self, db: &mut Db) -> Result<()> {
        let released = format!("{}{RELEASED}}}", self.record.borrow().up_to_lease());
        self.write(db, self.is_own(), Expr::val(released)).await.map(drop)
    }

    /// Writes our record where this holds of the one that stands there.
    async fn replace(&self, db: &mut Db, other: Expr) -> Result<bool> {
        let since = LeaseTerm::uptime();
        let is_ours = self.write(db, other, self.text(db.dialect)).await?;
        if is_ours {
            self.held.extend(since, self.term.0);
        }
        Ok(is_ours)
    }

    /// Writes this as the record where this holds of the one that stands there; tells whether it does.
    async fn write(&self, db: &mut Db, other: Expr, record: Expr) -> Result<bool> {
        let row = other.and(kind::head_row(self.job, kind::RUNNER));
        Ok(db.update_where(tables::JOB_OUTPUT_LINES, row, [("line", record)]).await? > 0)
    }

    /// How often it is renewed.
    pub fn pace(&self) -> Duration {
        self.term.pace()
    }
}
