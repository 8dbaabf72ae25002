//! `job output`: what a job printed, as it is; `--follow` goes on while it runs.

use std::time::Duration;

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::db::Db;
use crate::error::Result;
use crate::job::output::kind;
use crate::nouns::job::{TABLE, get};
use crate::output::{Format, Outcome, Printer};

/// How often a running job's output is looked for.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(clap::Args)]
pub struct Output {
    /// The job
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
    /// Its stderr instead of its stdout
    #[arg(long)]
    stderr: bool,
    /// Go on until the job ends
    #[arg(long)]
    follow: bool,
    /// As it is on a terminal too, whatever it does to that
    #[arg(long)]
    raw: bool,
}

pub async fn output(ctx: &mut Context, args: Output) -> Result<Outcome> {
    let (name, kinds) =
        if args.stderr { ("stderr", [kind::STDERR, "error"]) } else { ("stdout", [kind::STDOUT, "success"]) };
    let (db, printer) = ctx.open().await?;
    TABLE.require(db, args.id).await?;
    if printer.format == Format::Text {
        write(db, printer, &args, &kinds, |piece| printer.stream(piece, args.raw)).await?;
        return Ok(Outcome::Written);
    }
    let mut object = printer.object(&Map::from_iter([("job_id".to_owned(), Value::from(args.id))]))?;
    object.open_text(name)?;
    write(db, printer, &args, &kinds, |piece| object.text(piece)).await?;
    object.close_text()?;
    object.finish()
}

/// Hands on the output piece by piece. What a job wrote last is in the database before its end is.
async fn write(
    db: &mut Db,
    printer: &Printer,
    args: &Output,
    kinds: &[&'static str],
    mut take: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut seen = -1;
    loop {
        let ended = !args.follow || has_ended(db, args.id).await?;
        let mut select = get::output_of(args.id, kinds);
        select.column("seq").and_where(Expr::col("seq").gt(seen));
        db.for_each(&select, |row| {
            seen = row.int("seq").unwrap_or(seen);
            take(&row.text("line").unwrap_or_default())
        })
        .await?;
        if ended || printer.is_closed() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A job that was deleted meanwhile has ended too.
async fn has_ended(db: &mut Db, id: i64) -> Result<bool> {
    let mut select = Query::select();
    select.column("id").from("job").and_where(Expr::col("id").eq(id)).and_where(Expr::col("exitcode").is_null());
    Ok(db.fetch_optional(&select).await?.is_none())
}
