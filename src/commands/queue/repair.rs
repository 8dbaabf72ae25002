//! `queue fix` and `queue truncate`.

use serde_json::{Value, json};

use crate::context::Context;
use crate::count::counted;
use crate::db::Db;
use crate::error::{Result, exit};
use crate::job::queue;
use crate::job::recovery::lost;
use crate::job::recovery::repair::{self, FindingKind, QueueFinding, RepairMode};
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
    if mode == RepairMode::Mend && ctx.asks_first() {
        let db = ctx.db().await?;
        let mut found = lost::end(db, &retry, RepairMode::DryRun).await?;
        found.append(&mut repair::fix(db, now, RepairMode::DryRun).await?);
        let (loss, done) = loss(&found);
        ctx.allow(&loss, done)?;
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
        FindingKind::Repaired | FindingKind::Deleted(_) => "info",
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

/// What of the findings changes something, and what is done with it.
fn loss(found: &[QueueFinding]) -> (Loss, &'static str) {
    let jobs: Vec<String> = found
        .iter()
        .filter_map(|finding| match finding.kind {
            FindingKind::Deleted(id) => Some(id.to_string()),
            _ => None,
        })
        .collect();
    let others = found.iter().filter(|finding| finding.kind == FindingKind::Repaired).count() as u64;
    if jobs.is_empty() {
        return (Loss::new("the queue").with(others, "faults"), "mended");
    }
    let more = if jobs.len() > SHOWN { ", …" } else { "" };
    let ids = format!("({}{more})", jobs[..jobs.len().min(SHOWN)].join(", "));
    let count = counted(jobs.len() as u64, "waiting jobs");
    match others {
        0 => (Loss::new(format!("{count} {ids}")), "deleted"),
        _ => (Loss::new(format!("{count} will be deleted {ids}; {}", counted(others, "other faults"))), "mended"),
    }
}

/// So many of the jobs that would be deleted are named.
const SHOWN: usize = 10;

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
