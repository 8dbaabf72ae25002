//! The jobs that are due, in order of the queue, read page by page.

use std::collections::{HashSet, VecDeque};

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Order, SelectStatement};

use crate::db::expression::{literal, refers_to};
use crate::db::{Db, Dialect, Row, Value, select, tables};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::queue::pending;

/// How many rows are read at once.
const PAGE: u64 = 1000;
/// How many of those that lie behind a page of which nothing may begin: each place that is free takes one.
const FURTHER_PAGE: u64 = 100;
/// One of so many is picked at the most (see [`Due::lose`]).
const SPREAD: usize = 64;

/// A job that waits, or whose runner died.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub job: JobId,
    /// The id of its row in the queue; None of one whose runner died.
    pub entry: Option<i64>,
    /// None where a job of the suite has none.
    pub runtemplate: Option<RunTemplateId>,
    /// The runtemplate's name.
    pub name: String,
}

/// Runtemplates of which a job runs, so that none of their other jobs may begin.
pub type Busy = HashSet<RunTemplateId>;

/// What is due.
pub struct Due {
    now: NaiveDateTime,
    company: Option<CompanyId>,
    executor: Option<ExecutorName>,
    /// Taken: one that could not be begun waits in the queue again, for the next `queue run`.
    given: HashSet<JobId>,
    /// Others take jobs of the queue too, or move them.
    is_shared: bool,
    /// One of so many of the first is picked.
    spread: usize,
    /// The queue from its beginning: a page of it.
    front: Page,
    /// The rest of it, where nothing of the front is free.
    further: Option<Further>,
    is_given_up: bool,
}

/// Jobs that were read and not taken yet, in order of the queue.
#[derive(Default)]
struct Page {
    jobs: VecDeque<Waiting>,
    /// The row that was read last.
    last: Option<Place>,
    /// There is nothing behind it.
    is_whole: bool,
}

/// Where a row stands in the order of the queue.
#[derive(Clone)]
struct Place {
    /// Exactly as it stands there, which in SQLite may be anything.
    moment: Value,
    id: i64,
}

/// What lies behind the front, without the jobs of runtemplates that were busy when it was read: a backlog of one runtemplate is
/// not read to its end for each job of another.
struct Further {
    left_out: Busy,
    page: Page,
}

impl Page {
    /// Takes one of the first so many whose runtemplate is free.
    fn remove_first(&mut self, busy: &Busy, spread: usize) -> Option<Waiting> {
        let is_free = |waiting: &Waiting| waiting.runtemplate.is_none_or(|id| !busy.contains(&id));
        let free = self.jobs.iter().enumerate().filter(|(_, waiting)| is_free(waiting)).map(|(at, _)| at);
        let first: Vec<usize> = free.take(spread).collect();
        self.jobs.remove(*first.get(random_below(first.len()))?)
    }
}

impl Further {
    /// Was nothing left out that may begin by now? Where jobs of it were read too, these come first.
    fn is_complete(&self, busy: &Busy) -> bool {
        let is_read = |id: &RunTemplateId| self.page.jobs.iter().any(|waiting| waiting.runtemplate == Some(*id));
        self.left_out.difference(busy).all(is_read)
    }
}

impl Due {
    /// What is due at a moment, but for the jobs that are `given` already: one that was begun just now may still wait in the queue.
    pub fn new(
        now: NaiveDateTime,
        company: Option<CompanyId>,
        executor: Option<ExecutorName>,
        given: HashSet<JobId>,
    ) -> Due {
        Due {
            now,
            company,
            executor,
            given,
            is_shared: false,
            spread: 1,
            front: Page::default(),
            further: None,
            is_given_up: false,
        }
    }

    /// Nothing more is taken of it.
    pub fn give_up(&mut self) {
        self.front = Page { is_whole: true, ..Page::default() };
        self.further = None;
        self.is_given_up = true;
    }

    /// What was taken was somebody else's by then: from now on each job is asked for again before it is taken.
    pub fn expect_others(&mut self) {
        self.is_shared = true;
    }

    /// A job that was taken is left for another one of its runtemplate, which is busy by that.
    pub fn give_back(&mut self, job: JobId) {
        self.given.remove(&job);
        self.expect_others();
    }

    /// Reads the queue from its beginning, for what was given back.
    pub fn read_again(&mut self) {
        if !self.is_given_up {
            self.front = Page::default();
            self.further = None;
        }
    }

    /// Somebody else was first at a job that was taken.
    ///
    /// Runners that all take the first job of the queue lose it to one of them, and do nothing but that: from now on one of twice as
    /// many is picked.
    pub fn lose(&mut self) {
        self.expect_others();
        self.spread = self.spread.saturating_mul(2).min(SPREAD);
    }

    /// A job that was taken was ours: the queue's order counts for a little more again.
    pub fn win(&mut self) {
        self.spread = self.spread.saturating_sub(1).max(1);
    }

    /// Takes the first whose runtemplate is free, or one of the first where others take them too.
    ///
    /// Whether it still waits is asked where that saves starting a process for nothing, which is so where none `is_at_hand`; the claim
    /// looks again.
    ///
    /// # Errors
    /// The database cannot be asked, not over a new connection either. A job that was about to be taken is not offered again by
    /// this [`Due`], and waits in the queue as before.
    pub async fn take(&mut self, db: &mut Db, busy: &Busy, is_at_hand: bool) -> Result<Option<Waiting>> {
        loop {
            // Of the company only this look knows.
            let has_to_ask = !is_at_hand || self.is_shared || self.company.is_some();
            match self.remove_first(busy) {
                Some(waiting) if !has_to_ask || self.still_waits(db, &waiting).await? => {
                    self.given.insert(waiting.job);
                    return Ok(Some(waiting));
                }
                Some(_) => self.expect_others(),
                None if !self.read(db, busy).await? => return Ok(None),
                None => {}
            }
        }
    }

    fn remove_first(&mut self, busy: &Busy) -> Option<Waiting> {
        if let Some(waiting) = self.front.remove_first(busy, self.spread) {
            return Some(waiting);
        }
        if self.front.jobs.is_empty() {
            // What follows it comes first.
            return None;
        }
        self.further.take_if(|further| !further.is_complete(busy));
        self.further.as_mut()?.page.remove_first(busy, self.spread)
    }

    /// Reads on where nothing of what was read may begin; false where nothing more can be found.
    async fn read(&mut self, db: &mut Db, busy: &Busy) -> Result<bool> {
        if self.front.is_whole {
            return Ok(false);
        }
        if self.front.jobs.is_empty() {
            // That there is nothing else behind it stays so.
            self.further.take_if(|further| !further.page.is_whole || !further.page.jobs.is_empty());
            let rows = fetch(db, &self.select(db.dialect, self.front.last.as_ref(), None, PAGE)).await?;
            enter(&mut self.front, &rows, PAGE, &self.given)?;
            return Ok(true);
        }
        let last = match &self.further {
            Some(further) if further.page.is_whole => return Ok(false),
            Some(further) => further.page.last.clone(),
            None => self.front.last.clone(),
        };
        let rows = fetch(db, &self.select(db.dialect, last.as_ref(), Some(busy), FURTHER_PAGE)).await?;
        let further = self
            .further
            .get_or_insert_with(|| Further { left_out: Busy::new(), page: Page { last, ..Page::default() } });
        further.left_out.clone_from(busy);
        enter(&mut further.page, &rows, FURTHER_PAGE, &self.given)?;
        Ok(true)
    }

    /// The rows behind the one that was read `last`, without those of runtemplates that are `left_out`.
    fn select(&self, dialect: Dialect, last: Option<&Place>, left_out: Option<&Busy>, limit: u64) -> SelectStatement {
        let after = || Expr::col((tables::SCHEDULE, "after"));
        let mut select = select::columns(
            tables::SCHEDULE,
            [(tables::SCHEDULE, "id"), (tables::SCHEDULE, "after"), (tables::SCHEDULE, "job")],
        )
        .columns([(tables::JOB, "runtemplate_id"), (tables::RUNTEMPLATE, "name")])
        .expr_as(dialect.exact_moment(after()), "moment")
        .inner_join(tables::JOB, refers_to((tables::SCHEDULE, "job"), tables::JOB))
        .left_join(tables::RUNTEMPLATE, refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE))
        .take();
        self.only_due(&mut select);
        if let Some(left_out) = left_out {
            let runtemplate = || Expr::col((tables::JOB, "runtemplate_id"));
            let ids = left_out.iter().map(|id| literal(id.0));
            select.and_where(runtemplate().is_null().or(runtemplate().is_not_in(ids)));
        }
        if let Some(Place { moment, id }) = last {
            let moment = dialect.read_moment(moment);
            let later = after().gt(moment.clone());
            select.and_where(later.or(after().eq(moment).and(Expr::col((tables::SCHEDULE, "id")).gt(*id))));
        }
        select
            .order_by((tables::SCHEDULE, "after"), Order::Asc)
            .order_by((tables::SCHEDULE, "id"), Order::Asc)
            .limit(limit)
            .take()
    }

    /// Leaves out, of rows of the queue with their jobs, all that this look does not take.
    fn only_due(&self, select: &mut SelectStatement) {
        select.and_where(Expr::col((tables::SCHEDULE, "after")).lte(self.now)).cond_where(pending());
        if let Some(company) = self.company {
            select.and_where(Expr::col((tables::JOB, "company_id")).eq(company));
        }
        if let Some(executor) = &self.executor {
            select.and_where(Expr::col((tables::JOB, "executor")).eq(executor.as_str()));
        }
    }

    /// Is a job that was read before still to be taken?
    async fn still_waits(&self, db: &mut Db, waiting: &Waiting) -> Result<bool> {
        let is_its = refers_to((tables::SCHEDULE, "job"), tables::JOB);
        let mut select = select::columns(tables::SCHEDULE, [(tables::SCHEDULE, "id")]);
        select.inner_join(tables::JOB, is_its).and_where(Expr::col((tables::SCHEDULE, "job")).eq(waiting.job));
        // By its key: the suite's schema has no index on `job`.
        if let Some(entry) = waiting.entry {
            select.and_where(Expr::col((tables::SCHEDULE, "id")).eq(entry));
        }
        self.only_due(&mut select);
        Ok(!fetch(db, &select).await?.is_empty())
    }
}

/// A number below this one; 0 below 0.
fn random_below(bound: usize) -> usize {
    // Where the system has no random numbers the first will do.
    let random = getrandom::u64().unwrap_or_default();
    usize::try_from(random.checked_rem(bound as u64).unwrap_or_default()).unwrap_or_default()
}

/// Adds a page that was read, but for the jobs that are `given` already.
fn enter(page: &mut Page, rows: &[Row], limit: u64, given: &HashSet<JobId>) -> Result<()> {
    page.is_whole = (rows.len() as u64) < limit;
    if let Some(row) = rows.last() {
        page.last = Some(Place { moment: row.get("moment").clone(), id: row.id("id")? });
    }
    page.jobs.extend(rows.iter().filter_map(waiting).filter(|waiting| !given.contains(&waiting.job)));
    Ok(())
}

/// The jobs that ran meanwhile may have taken longer than a server keeps an idle connection.
async fn fetch(db: &mut Db, select: &SelectStatement) -> Result<Vec<Row>> {
    db.over_new_connection(async |db| db.fetch_all(select).await).await
}

/// None for a job whose number none of ours has: no command takes it. [`stale_rows`](crate::job::recovery::obstacles::stale_rows)
/// tells of its row.
fn waiting(row: &Row) -> Option<Waiting> {
    let name = row.text("name").unwrap_or_default();
    let (job, entry) = (row.int("job").filter(|id| *id > 0)?, row.int("id"));
    Some(Waiting { job: JobId(job), entry, runtemplate: row.int("runtemplate_id").map(RunTemplateId), name })
}
