//! The jobs that are due, in order of the queue, read page by page.

use std::collections::{HashSet, VecDeque};

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, JoinType, Order, SelectStatement};

use crate::db::{Db, Dialect, Row, Value, select};
use crate::error::Result;
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::queue::pending;

/// How many rows are read at once.
const PAGE: u64 = 1000;

/// A job that waits, or whose runner died.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub job: JobId,
    /// None where a job of the suite has none.
    pub runtemplate: Option<RunTemplateId>,
    /// The runtemplate's name.
    pub name: String,
}

/// What is due.
pub struct Due {
    now: NaiveDateTime,
    company: Option<CompanyId>,
    executor: Option<String>,
    /// Taken: one that could not be begun waits in the queue again, for the next `queue run`.
    given: HashSet<JobId>,
    /// Read and not taken yet.
    window: VecDeque<Waiting>,
    /// The row that was read last: its moment exactly as it stands there, which in SQLite may be anything, and its id.
    last: Option<(Value, i64)>,
    is_whole: bool,
}

impl Due {
    /// What is due at a moment, but for the jobs that are `given` already: one that was begun just now may still wait in the queue.
    pub fn new(now: NaiveDateTime, company: Option<CompanyId>, executor: Option<String>, given: HashSet<JobId>) -> Due {
        Due { now, company, executor, given, window: VecDeque::new(), last: None, is_whole: false }
    }

    /// Nothing more is taken of it.
    pub fn give_up(&mut self) {
        self.window.clear();
        self.is_whole = true;
    }

    /// Takes the first whose runtemplate is free.
    ///
    /// # Errors
    /// The database cannot be asked, not over a new connection either. A job that was about to be taken is not offered again by
    /// this [`Due`], and waits in the queue as before.
    pub async fn take(&mut self, db: &mut Db, is_free: impl Fn(RunTemplateId) -> bool) -> Result<Option<Waiting>> {
        loop {
            let free = self.window.iter().position(|waiting| waiting.runtemplate.is_none_or(&is_free));
            match free.and_then(|at| self.window.remove(at)) {
                // Another executor may have taken it since it was read, or somebody moved it: that saves starting a process for
                // nothing. Whoever claims it looks again.
                Some(waiting) if self.still_waits(db, waiting.job).await? => {
                    self.given.insert(waiting.job);
                    return Ok(Some(waiting));
                }
                Some(_) => {}
                None if self.is_whole => return Ok(None),
                None => self.read(db).await?,
            }
        }
    }

    async fn read(&mut self, db: &mut Db) -> Result<()> {
        let rows = fetch(db, &self.select(db.dialect)).await?;
        self.is_whole = (rows.len() as u64) < PAGE;
        if let Some(row) = rows.last() {
            self.last = Some((row.get("moment").clone(), row.id("id")?));
        }
        self.window.extend(rows.iter().filter_map(waiting).filter(|waiting| !self.given.contains(&waiting.job)));
        Ok(())
    }

    fn select(&self, dialect: Dialect) -> SelectStatement {
        let after = || Expr::col(("schedule", "after"));
        let mut select = select::columns("schedule", [("schedule", "id"), ("schedule", "after"), ("schedule", "job")])
            .columns([("job", "runtemplate_id"), ("runtemplate", "name")])
            .expr_as(dialect.exact_moment(after()), "moment")
            .join(JoinType::InnerJoin, "job", Expr::col(("job", "id")).equals(("schedule", "job")))
            .join(JoinType::LeftJoin, "runtemplate", Expr::col(("runtemplate", "id")).equals(("job", "runtemplate_id")))
            .take();
        self.only_due(&mut select);
        if let Some((moment, id)) = &self.last {
            let moment = dialect.read_moment(moment);
            let later = after().gt(moment.clone());
            select.and_where(later.or(after().eq(moment).and(Expr::col(("schedule", "id")).gt(*id))));
        }
        select.order_by(("schedule", "after"), Order::Asc).order_by(("schedule", "id"), Order::Asc).limit(PAGE).take()
    }

    /// Leaves out, of rows of the queue with their jobs, all that this look does not take.
    fn only_due(&self, select: &mut SelectStatement) {
        select.and_where(Expr::col(("schedule", "after")).lte(self.now)).cond_where(pending());
        if let Some(company) = self.company {
            select.and_where(Expr::col(("job", "company_id")).eq(company));
        }
        if let Some(executor) = &self.executor {
            select.and_where(Expr::col(("job", "executor")).eq(executor.as_str()));
        }
    }

    /// Is a job that was read before still to be taken?
    async fn still_waits(&self, db: &mut Db, job: JobId) -> Result<bool> {
        let is_its = Expr::col(("job", "id")).equals(("schedule", "job"));
        let mut select = select::columns("schedule", [("schedule", "id")]);
        select.join(JoinType::InnerJoin, "job", is_its).and_where(Expr::col(("schedule", "job")).eq(job));
        self.only_due(&mut select);
        Ok(!fetch(db, &select).await?.is_empty())
    }
}

/// The jobs that ran meanwhile may have taken longer than a server keeps an idle connection.
async fn fetch(db: &mut Db, select: &SelectStatement) -> Result<Vec<Row>> {
    match db.fetch_all(select).await {
        Err(error) if error.may_pass() => {
            db.reconnect().await?;
            db.fetch_all(select).await
        }
        rows => rows,
    }
}

/// None for a job whose number none of ours has: no command takes it. [`rows_in_vain`](crate::job::queue::repair::rows_in_vain)
/// tells of its row.
fn waiting(row: &Row) -> Option<Waiting> {
    let name = row.text("name").unwrap_or_default();
    let job = row.int("job").filter(|id| *id > 0)?;
    Some(Waiting { job: JobId(job), runtemplate: row.int("runtemplate_id").map(RunTemplateId), name })
}
