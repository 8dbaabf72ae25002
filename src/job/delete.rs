//! Deleting jobs with what hangs on them.

use sea_query::{Expr, ExprTrait, Query};

use crate::db::Db;
use crate::error::Result;

/// What refers to a job and means nothing without it, and by which column.
const CHILDREN: &[(&str, &str)] =
    &[("schedule", "job"), ("job_output_lines", "job_id"), ("artifacts", "job_id"), ("file_store", "job_id")];

/// Servers take a limited number of parameters in one statement.
const AT_ONCE: usize = 500;

/// Deletes jobs and their output, artifacts and queue rows; to be called inside a transaction.
pub async fn delete_jobs(db: &mut Db, ids: &[i64]) -> Result<()> {
    for ids in ids.chunks(AT_ONCE) {
        let of_them = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
        for (table, column) in CHILDREN {
            let mut delete = Query::delete();
            db.execute(delete.from_table(*table).and_where(of_them(column))).await?;
        }
        let mut delete = Query::delete();
        db.execute(delete.from_table("job").and_where(of_them("id"))).await?;
    }
    Ok(())
}
