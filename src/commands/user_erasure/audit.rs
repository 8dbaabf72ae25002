//! `user-erasure audit` and `cleanup`: the proof of what was erased, and how long it is kept.

use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};

use chrono::Months;
use sea_query::{Expr, ExprTrait, Order};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::request::Request;
use super::table::TABLE;
use crate::commands::NoArgs;
use crate::context::Context;
use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::output::file::NewFile;
use crate::output::loss::Loss;
use crate::output::{Outcome, record, success};
use crate::table::args::CompleteAlone;

const AUDIT: &str = tables::USER_DELETION_AUDIT;
/// Where erasures are noted, and the column of when.
const TRAILS: &[(&str, &str)] = &[(AUDIT, "performed_date"), (tables::GDPR_AUDIT_LOG, "DatCreate")];
/// How long the law has it kept, in months.
const KEPT: Months = Months::new(7 * 12);

#[derive(clap::Args)]
pub struct Audit {
    #[command(flatten)]
    request: Request,
    /// Write it to a file as JSON; by default erasure-ID.json
    #[arg(short = 'e', long = "export-audit", value_name = "FILE", add = CompleteAlone)]
    export_audit: Option<Option<PathBuf>>,
}

/// Lists what an erasure did to which tables, or writes that to a file of JSON.
///
/// # Errors
/// There is no such request, the file holds something else, or it or stdout cannot be written. Where the file is not named, a link in its place is
/// refused.
pub async fn audit(ctx: &mut Context, args: Audit) -> Result<Outcome> {
    let id = args.request.request_id;
    let (db, printer) = ctx.open().await?;
    let request = TABLE.require(db, id).await?;
    let select = select::rows(AUDIT, Expr::col("deletion_request_id").eq(id)).order_by("id", Order::Asc).take();
    let Some(file) = args.export_audit else {
        let mut list = printer.list(db.columns(AUDIT).await?.to_vec());
        db.for_each(&select, |row| list.row(&row.values)).await?;
        return list.finish();
    };
    let is_named = file.is_some();
    let file = file.unwrap_or_else(|| format!("erasure-{id}.json").into());
    // A request has one entry a table.
    let entries: Vec<Value> = db.fetch_all(&select).await?.iter().map(|row| Value::Object(record(row))).collect();
    let count = entries.len();
    let trail = json!({"request": record(&request), "audit": entries});
    let shown = file.display().to_string();
    if holds_something_else(&file) {
        return Err(Error::refused(format!("{shown} exists, and is no audit trail of an erasure: it is not replaced"))
            .hint("Name another file, or move this one away"));
    }
    let written = match !is_named && file.is_symlink() {
        // In a folder of many users somebody may have put a link where the name that we choose leads.
        true => Err(io::Error::other("a link stands there, and nobody named it")),
        false => NewFile::create_private(&file).and_then(|mut new| {
            new.write_all(format!("{trail:#}\n").as_bytes())?;
            new.finish()
        }),
    };
    written.map_err(|cause| {
        Error::file(format!("cannot write {shown}"), cause).hint("--export-audit takes a file that you may write")
    })?;
    let text = format!("Audit trail of request {id} written to {shown}: {count} entries");
    Ok(Outcome::message(text.clone(), success(&text, &json!({"request_id": id, "file": shown, "entries": count}))))
}

/// Is there a file whose content we did not write? Other files are where this command's `-e` may end up by mistake.
fn holds_something_else(file: &Path) -> bool {
    #[derive(Deserialize)]
    struct Trail {
        #[serde(rename = "request")]
        _request: IgnoredAny,
        #[serde(rename = "audit")]
        _audit: IgnoredAny,
    }
    let has_content = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
    // One that cannot be read is left to who would write it.
    has_content
        && File::open(file).is_ok_and(|content| serde_json::from_reader::<_, Trail>(BufReader::new(content)).is_err())
}

/// Deletes what was noted of erasures more than seven years ago.
///
/// # Errors
/// Somebody answers no, the database refuses, or no date lies seven years before the clock's: nothing is deleted then.
pub async fn cleanup(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let now = ctx.now();
    let before = now.checked_sub_months(KEPT).ok_or_else(|| {
        Error::refused(format!("no moment lies {} months before {now}", KEPT.as_u32())).hint("Set the clock right")
    })?;
    let loss = async |db: &mut Db| {
        let mut counts = [0; 2];
        for (count, (table, noted)) in counts.iter_mut().zip(TRAILS) {
            *count = db.count_where(*table, Expr::col(*noted).lt(before)).await?;
        }
        Ok(Loss::counted()
            .with(counts[0], "erasure entries older than seven years")
            .with(counts[1], "GDPR audit entries older than seven years"))
    };
    let json = json!({"status": "success", "deleted_audit": 0, "deleted_log": 0});
    if let Some(answer) = ctx.guard("deleted", json, loss).await? {
        return Ok(answer);
    }
    let [audit, log] = ctx
        .db()
        .await?
        .transaction(async |db| {
            let mut counts = [0; 2];
            for (count, (table, noted)) in counts.iter_mut().zip(TRAILS) {
                *count = db.delete_where(*table, Expr::col(*noted).lt(before)).await?;
            }
            Ok(counts)
        })
        .await?;
    let text = format!("Deleted {audit} erasure and {log} GDPR audit entries from before {before}");
    Ok(Outcome::message(text.clone(), success(&text, &json!({"deleted_audit": audit, "deleted_log": log}))))
}
