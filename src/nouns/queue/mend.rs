//! `queue fix` and `queue truncate`.

use serde_json::{Value, json};

use crate::context::Context;
use crate::db::Db;
use crate::error::Result;
use crate::job::queue;
use crate::output::Outcome;
use crate::table::Loss;

#[derive(clap::Args)]
pub struct Mend {
    /// Only say what would be done
    #[arg(long = "dry-run")]
    dry_run: bool,
}

pub async fn fix(ctx: &mut Context, args: Mend) -> Result<Outcome> {
    let (now, zone) = (ctx.now(), ctx.zone);
    if !args.dry_run {
        let loss = async |db: &mut Db| {
            let found = queue::end_lost(db, zone, true).await?.len() + queue::fix(db, now, true).await?.len();
            Ok(Loss::of("the queue").with(found as u64, "findings"))
        };
        if let Some(answer) = ctx.guard("mended", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let db = ctx.db().await?;
    let mut found = queue::end_lost(db, zone, args.dry_run).await?;
    found.append(&mut db.transaction(async |db| queue::fix(db, now, args.dry_run).await).await?);
    let done = if args.dry_run {
        "Queue diagnostics completed; nothing was changed (dry run)"
    } else {
        "Queue diagnostics and fix completed"
    };
    let kind = |is_warning| if is_warning { "warning" } else { "info" };
    let messages: Vec<Value> =
        found.iter().map(|finding| json!({"type": kind(finding.is_warning), "message": finding.text})).collect();
    let mut text: String =
        found.iter().map(|f| format!("[{}] {}\n", kind(f.is_warning).to_uppercase(), f.text)).collect();
    text.push_str(done);
    Ok(Outcome::message(
        text,
        json!({"status": "success", "message": done, "messages": messages, "dry_run": args.dry_run}),
    ))
}

pub async fn truncate(ctx: &mut Context, args: Mend) -> Result<Outcome> {
    if !args.dry_run {
        let loss =
            async |db: &mut Db| Ok(Loss::of(format!("the queue, in which {} jobs wait,", queue::length(db).await?)));
        if let Some(answer) = ctx.guard("emptied", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let db = ctx.db().await?;
    let waiting = if args.dry_run {
        queue::length(db).await?
    } else {
        db.transaction(async |db| queue::truncate(db).await).await?
    };
    let result = if args.dry_run {
        format!("Queue would be truncated. Waiting jobs: {waiting}.")
    } else {
        format!("Queue truncated. Previously waiting jobs: {waiting}.")
    };
    let json = json!({"result": result, "waiting": waiting, "dry_run": args.dry_run});
    Ok(Outcome::message(result, json))
}
