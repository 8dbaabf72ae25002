//! The words in `job_output_lines.type`. The suite knows the first two; readers that know only those miss nothing of the
//! job's own output.

use sea_query::{Expr, ExprTrait, Order};

use crate::db::expression::literal;
use crate::db::{select, tables};
use crate::id::JobId;

/// What the program wrote to stdout.
pub const STDOUT: &str = "stdout";
/// What the program wrote to stderr.
pub const STDERR: &str = "stderr";
/// The executor's own words, one a row.
pub const NOTICE: &str = "notice";
/// Why the job failed: a code and words, one row at most.
pub const REASON: &str = "reason";
/// The versions of what it ran with, as JSON, one row at most.
pub const VERSIONS: &str = "versions";
/// Somebody wants the job ended: a row of its own, which becomes a notice once its runner has seen it.
pub const CANCEL: &str = "cancel";
/// Which process runs the job, as JSON, one row at most, numbered 0.
pub const RUNNER: &str = "runner";
/// How often a waiting job could not be started, as JSON, one row at most, numbered 0.
pub const TRIES: &str = "tries";

/// The row numbered 0 of a kind, of which a job has one at most: its runner, a request to end it, its failed tries.
pub fn head_row(job: JobId, kind: &str) -> Expr {
    Expr::col("job_id").eq(job).and(Expr::col("seq").eq(0)).and(Expr::col("type").eq(kind))
}

/// The column of the line in what [`newest`] is given.
pub const LINE: (&str, &str) = ("o", "line");

/// The newest line of a kind that is kept of the job of each row, as a column of a SELECT from `job`.
pub fn newest_line(kind: &str) -> Expr {
    newest(kind, Expr::col(LINE))
}

/// What is asked of that line; NULL where there is none.
///
/// What is numbered 0 is found by that: a job may have a million lines.
pub fn newest(kind: &str, asked: Expr) -> Expr {
    let column = |name: &'static str| Expr::col(("o", name));
    let is_numbered_0 = matches!(kind, RUNNER | TRIES).then(|| column("seq").eq(literal(0)));
    let mut newest = select::from_as(tables::JOB_OUTPUT_LINES, "o").expr(asked).take();
    newest.and_where(column("job_id").equals((tables::JOB, "id"))).and_where(column("type").eq(literal(kind)));
    newest.and_where_option(is_numbered_0).order_by(("o", "id"), Order::Desc).limit(1).take().into()
}
