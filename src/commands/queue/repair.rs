//! `queue fix` and `queue truncate`.

use serde_json::{Value, json};

use crate::context::Context;
use crate::db::Db;
use crate::error::{Result, exit};
use crate::job::queue;
use crate::job::recovery::lost;
use crate::job::recovery::repair::{self, FindingKind, RepairMode};
use crate::job::task::RetryContext;
use crate::output::loss::Loss;
use crate::output::{Format, Outcome, Standard};

#[derive(clap::Args)]
pub struct Mend {
    /// Show what would be done, without doing it
    #[arg(long = "dry-run")]
    dry_run: bool,
}

/// Removes what is broken in the queue, ends lost jobs, and lets schedules go on whose next job is lost.
///
/// It exits with 1 where a lost job could not be brought to its end.
///
/// # Errors
/// Somebody answers no, or the database cannot be worked with; lost jobs that were ended before that stay ended.
pub async fn fix(ctx: &mut Context, args: Mend) -> Result<Outcome> {
    ctx.follow_server_clock().await?;
    let now = ctx.now();
    let retry = RetryContext::new(ctx);
    let mode = if args.dry_run { RepairMode::DryRun } else { RepairMode::Mend };
    if mode == RepairMode::Mend {
        let loss = async |db: &mut Db| {
            let lost = lost::end(db, &retry, RepairMode::DryRun).await?.len();
            let broken = repair::fix(db, now, RepairMode::DryRun).await?.len();
            Ok(Loss::new("the queue").with((lost + broken) as u64, "findings"))
        };
        if let Some(answer) = ctx.guard("mended", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let (db, printer) = ctx.open().await?;
    let mut found = lost::end(db, &retry, mode).await?;
    found.append(&mut db.transaction(async |db| repair::fix(db, now, mode).await).await?);
    let unmended = found.iter().filter(|finding| finding.kind == FindingKind::Unmended).count();
    let done = match (args.dry_run, unmended) {
        (true, _) => "Queue diagnostics completed; nothing was changed (dry run)".to_owned(),
        (false, 0) => "Queue diagnostics and fix completed".to_owned(),
        (false, count) => format!("Queue diagnostics completed; lost jobs that could not be mended: {count}"),
    };
    let kind = |kind| match kind {
        FindingKind::Repaired => "info",
        FindingKind::Reported => "warning",
        FindingKind::Unmended => "error",
    };
    let messages: Vec<Value> =
        found.iter().map(|finding| json!({"type": kind(finding.kind), "message": finding.text})).collect();
    if printer.quiet && printer.format == Format::Text {
        // Cron has to learn of it.
        for finding in found.iter().filter(|finding| finding.kind == FindingKind::Unmended) {
            printer.note_always(&finding.text);
        }
    }
    let mut text: String = found.iter().map(|f| format!("[{}] {}\n", kind(f.kind).to_uppercase(), f.text)).collect();
    text.push_str(&done);
    let (status, code) = if unmended == 0 || args.dry_run { ("success", exit::DONE) } else { ("error", exit::FAILED) };
    let json = json!({"status": status, "message": done, "messages": messages, "dry_run": args.dry_run});
    Ok(Outcome::message(text, json).with_code(code))
}

/// Empties the queue; the jobs stay, and each schedule may make its next one.
///
/// # Errors
/// Somebody answers no, or the database refuses: the queue stays as it was then.
pub async fn truncate(ctx: &mut Context, args: Mend) -> Result<Outcome> {
    if !args.dry_run {
        let loss =
            async |db: &mut Db| Ok(Loss::new(format!("the queue, in which {} jobs wait,", queue::length(db).await?)));
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
    // As the suite writes it, for scripts; to people the second line says the same.
    let text = match args.dry_run || ctx.printer.is_terminal(Standard::Out) {
        true => result,
        false => format!("Jobs waiting before truncate: {waiting}\n{result}"),
    };
    Ok(Outcome::message(text, json))
}
