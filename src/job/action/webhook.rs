//! The action `WebHook`: posts what the job printed to an address.

use std::io::{Seek as _, Write as _};
use std::time::Duration;

use sea_query::{Expr, ExprTrait, Order};

use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::http::{self, Body, WebRequest};
use crate::job::action::After;
use crate::job::tail::Shown;

/// How long the receiver may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Posts what the job printed on stdout to an address, and returns the status of the answer.
///
/// It goes as JSON where it begins with `{` or `[`, else as plain text; headers name the job, its runtemplate and its exit code.
///
/// # Errors
/// No address is set, the output cannot be read from the database or kept in a temporary file, or the receiver does not answer with
/// success within 30 s. Of the address the words name scheme, host and port alone.
pub async fn post(db: &mut Db, after: &After<'_>, address: &str) -> Result<String> {
    if address.is_empty() {
        return Err(Error::refused("no address is set (its setting uri)"));
    }
    // The output may be larger than memory is meant to be.
    let unkept = |cause| Error::file("cannot keep the output for it", cause);
    let mut body = tempfile::tempfile().map_err(unkept)?;
    let mut first = None;
    let select = select::column(
        tables::JOB_OUTPUT_LINES,
        "line",
        Expr::col("job_id").eq(after.id()).and(Expr::col("type").is_in(Shown::Stdout.types().iter().copied())),
    )
    .order_by("seq", Order::Asc)
    .order_by("id", Order::Asc)
    .take();
    db.for_each(&select, |row| {
        let line = row.text("line").unwrap_or_default();
        first = first.or_else(|| line.trim_start().chars().next());
        body.write_all(line.as_bytes()).map_err(unkept)
    })
    .await?;
    body.rewind().map_err(unkept)?;
    let is_json = matches!(first, Some('{' | '['));
    let headers = vec![
        ("Content-Type", if is_json { "application/json" } else { "text/plain; charset=utf-8" }.to_owned()),
        ("X-MultiFlexi-Job", after.id().to_string()),
        ("X-MultiFlexi-RunTemplate", after.job.runtemplate.map(|id| id.to_string()).unwrap_or_default()),
        ("X-MultiFlexi-ExitCode", after.ended.ending.exit_code().to_string()),
    ];
    // Its path or its user may be a secret: only the host is told.
    let host = http::host(address);
    match http::post(WebRequest { address: address.to_owned(), headers, body: Body::File(body), limit: LIMIT }).await {
        Ok(answer) => Ok(format!("posted the output to {host}: HTTP {}", answer.status)),
        Err(why) => Err(Error::refused(format!("{host} did not take it: {why}"))),
    }
}
