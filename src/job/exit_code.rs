//! What applications say of their own exit codes.

use sea_query::{CaseStatement, Expr, ExprTrait, Order};

use crate::config::MAIN_LANGUAGE;
use crate::db::expression::literal;
use crate::db::{Db, Row, select, tables};
use crate::error::{Kind, Result};

/// The texts of some applications for some exit codes.
#[derive(Debug, Default)]
pub struct Meanings(Vec<Row>);

impl Meanings {
    /// The text for the exit code of a job, by its `app_id` and `exitcode`: in the main language where there is one.
    pub fn text_for(&self, job: &Row) -> Option<String> {
        let (application, code) = (job.int("app_id")?, job.int("exitcode")?);
        let is_its = |row: &&Row| row.int("app_id") == Some(application) && row.int("exit_code") == Some(code);
        let is_main = |row: &&Row| row.text("lang").is_some_and(|lang| lang == MAIN_LANGUAGE);
        let its = || self.0.iter().filter(is_its);
        its().find(is_main).or_else(|| its().next()).and_then(|row| row.filled("description"))
    }
}

/// The text for the exit code of the job of each row, as a column of a SELECT from `job`: the one that [`Meanings::text_for`] finds.
pub fn text_column() -> Expr {
    const TABLE: &str = tables::APP_EXIT_CODES;
    let column = |name: &'static str| Expr::col((TABLE, name));
    let is_its =
        column("app_id").equals((tables::JOB, "app_id")).and(column("exit_code").equals((tables::JOB, "exitcode")));
    let is_main = column("lang").eq(literal(MAIN_LANGUAGE));
    let place = CaseStatement::new().case(is_main, literal(0)).finally(literal(1));
    let mut text = select::column(TABLE, "description", is_its);
    text.order_by_expr(place.into(), Order::Asc).order_by((TABLE, "id"), Order::Asc).limit(1).take().into()
}

/// Reads what the applications of these jobs say of their exit codes, by one query.
///
/// # Errors
/// The database cannot be asked.
pub async fn meanings(db: &mut Db, jobs: &[Row]) -> Result<Meanings> {
    let ended = || jobs.iter().filter_map(|job| Some((job.int("app_id")?, job.int("exitcode")?)));
    if ended().next().is_none() {
        return Ok(Meanings::default());
    }
    let select = select::columns(tables::APP_EXIT_CODES, ["app_id", "exit_code", "lang", "description"])
        .and_where(Expr::col("app_id").is_in(ended().map(|(application, _)| application)))
        .and_where(Expr::col("exit_code").is_in(ended().map(|(_, code)| code)))
        .take();
    match db.fetch_all(&select).await {
        Ok(rows) => Ok(Meanings(rows)),
        // An older schema has no such table.
        Err(error) if error.kind == Kind::NoTable => Ok(Meanings::default()),
        Err(error) => Err(error),
    }
}
