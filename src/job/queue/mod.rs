//! The queue: filling it, what of it is due, withdrawing jobs from it, putting them back, and emptying it.

pub mod due;
pub mod fill;
pub mod requeue;
pub mod schedule;
pub mod withdraw;

use sea_query::{CaseStatement, Cond, Expr, ExprTrait, LockType, Order, SelectStatement};

use crate::db::select::{self, AT_ONCE};
use crate::db::{Db, tables};
use crate::error::Result;
use crate::id::JobId;
use crate::job::state::State;

/// Jobs that neither began nor ended.
pub fn pending() -> Cond {
    State::Pending.condition()
}

/// Jobs that wait without being in the queue: nobody will run them.
pub fn waits_outside() -> Cond {
    pending().add(Expr::col((tables::JOB, "id")).not_in_subquery(queued()))
}

/// The ids of the jobs in the queue.
fn queued() -> SelectStatement {
    select::column(tables::SCHEDULE, "job", Expr::col((tables::SCHEDULE, "job")).is_not_null())
}

/// The column by which [`is_queued`] and [`crate::job::waits::why`] know whether a job stands in the queue.
pub const IS_QUEUED: &str = "is_queued";

/// 1 where a job stands in the queue, else 0. The queue is read once for all rows.
pub fn is_queued() -> Expr {
    CaseStatement::new().case(Expr::col((tables::JOB, "id")).in_subquery(queued()), 1).finally(0).into()
}

/// Those of the jobs that still wait, locked until the transaction ends; call inside one.
///
/// Somebody may be starting one: the first to lock its row wins.
///
/// # Errors
/// The database cannot be asked.
pub async fn lock_waiting(db: &mut Db, jobs: &[JobId]) -> Result<Vec<JobId>> {
    let mut waiting = Vec::new();
    for ids in jobs.chunks(AT_ONCE) {
        let mut select = select::column(tables::JOB, "id", pending().add(Expr::col("id").is_in(ids.iter().copied())));
        waiting.extend(db.fetch_ids::<JobId>(select.order_by("id", Order::Asc).lock(LockType::Update)).await?);
    }
    Ok(waiting)
}

/// How many rows the queue has.
///
/// # Errors
/// The database cannot be asked.
pub async fn length(db: &mut Db) -> Result<u64> {
    db.count_where(tables::SCHEDULE, select::all()).await
}

/// Empties the queue and returns how many jobs waited; call inside a transaction.
///
/// Moments that runtemplates wait for go too, so that their next jobs can be made.
///
/// # Errors
/// The database does not take it; nothing of the transaction may stand then.
pub async fn truncate(db: &mut Db) -> Result<u64> {
    let waited = db.delete_where(tables::SCHEDULE, select::all()).await?;
    db.update_where(tables::RUNTEMPLATE, Expr::col("next_schedule").is_not_null(), [("next_schedule", Expr::null())])
        .await?;
    Ok(waited)
}
