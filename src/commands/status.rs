//! `status`: what there is, in one look, for people and for monitoring.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use nix::unistd::{SysconfVar, sysconf};
use sea_query::{Expr, ExprTrait};
use serde_json::Map;

use crate::commands::credential::values::ValueStore;
use crate::commands::{NoArgs, Noun, Scope, verb};
use crate::config::Settings;
use crate::context::Context;
use crate::db::{Db, Dialect, migrate, select, tables};
use crate::encryption::keyring;
use crate::error::{Error, Kind, Result};
use crate::job::health::Health;
use crate::log;
use crate::output::Outcome;
use crate::systemd;
use crate::telemetry::{self, Collector};
use crate::unix_user;

pub const NOUN: Noun = Noun {
    name: "status",
    aliases: &["appstatus"],
    about: "Show versions, counts, and how the queue stands",
    scope: Scope::Setup,
    verbs: &[verb!("", "Show versions, counts, and how the queue stands", NoArgs, status).reading()],
};

/// What is counted, and the table it is in.
const COUNTED: &[(&str, &str)] = &[
    ("companies", tables::COMPANY),
    ("apps", tables::APPS),
    ("runtemplates", tables::RUNTEMPLATE),
    ("topics", tables::TOPIC),
    ("credentials", tables::CREDENTIALS),
    ("credential_types", tables::CREDENTIAL_TYPE),
];

/// How moments are written.
const STAMP: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// Keys are the suite's: Zabbix templates read them. Ours follow them.
async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let stamp = ctx.instant().format(STAMP).to_string();
    let (facts, failure) = match StatusFacts::collect(ctx).await {
        Ok(facts) => (Some(facts), None),
        Err(error) => (None, Some(error)),
    };
    let facts = facts.as_ref();
    let mut record = Map::new();
    record.insert("version-cli".into(), env!("CARGO_PKG_VERSION").into());
    record.insert("version-core".into(), env!("CARGO_PKG_VERSION").into());
    record.insert("db-migration".into(), facts.map(|facts| facts.migration.as_str()).into());
    record.insert("user".into(), unix_user::login().into());
    // There is no PHP in here; the key stays for readers that expect a text.
    record.insert("php".into(), "none".into());
    // As PHP writes it.
    record.insert("os".into(), "Linux".into());
    record.insert("memory".into(), resident_bytes().into());
    for (at, (key, _)) in COUNTED.iter().enumerate() {
        record.insert((*key).into(), facts.and_then(|facts| facts.counts.get(at).copied()).into());
    }
    record.insert("jobs".into(), facts.map(|facts| facts.jobs.as_str()).into());
    record.insert("database".into(), database(&ctx.settings, failure.as_ref()).into());
    record.insert("encryption".into(), facts.map(|facts| facts.encryption.as_str()).into());
    record.insert("zabbix".into(), zabbix(&ctx.settings).into());
    record.insert("telemetry".into(), telemetry(&ctx.settings).into());
    record.insert("executor".into(), systemd::service("multiflexi-executor").into());
    record.insert("scheduler".into(), systemd::service("multiflexi-scheduler").into());
    record.insert("timestamp".into(), stamp.into());
    // Where a setting is wrong nobody has asked it.
    let is_up = match &failure {
        None => Some(true),
        Some(error) if is_of_database(error) => Some(false),
        Some(_) => None,
    };
    record.insert("database_up".into(), is_up.into());
    let health = facts.map(|facts| &facts.health);
    let clock = ctx.clock();
    let ago = |time: NaiveDateTime| std::cmp::max(clock.seconds_since(time), 0);
    let oldest = health.and_then(|health| health.oldest);
    // An alarm compares a number: what does not wait has waited for no time.
    let waited = health.map(|_| oldest.map_or(0, |(_, after)| ago(after)));
    record.insert("due_jobs".into(), health.map(|health| health.due).into());
    record.insert("oldest_waiting_job".into(), oldest.map(|(job, _)| job).into());
    record.insert("oldest_waiting_seconds".into(), waited.into());
    record.insert("failed_last_day".into(), health.map(|health| health.failed).into());
    record.insert("lost_runners".into(), health.map(|health| health.lost.len()).into());
    record.insert("blocked_jobs".into(), health.map(|health| health.blocked.len()).into());
    record.insert("stuck_schedules".into(), health.map(|health| health.stuck.len()).into());
    let rounds = [
        ("queue_fill", health.and_then(|health| health.last_fill)),
        ("queue_run", health.and_then(|health| health.last_run)),
    ];
    for (round, last) in rounds {
        record.insert(format!("last_{round}"), last.map(|time| with_offset(time, ctx.zone)).into());
        record.insert(format!("seconds_since_{round}"), last.map(ago).into());
    }
    let Some(error) = failure else { return Ok(Outcome::Record(record)) };
    if ctx.printer.format.is_one_value() {
        record.extend(error.to_json().as_object().cloned().unwrap_or_default());
    } else {
        ctx.printer.error(&error);
    }
    Ok(Outcome::Record(record).with_code(error.kind.exit_code()))
}

/// What only the database knows.
struct StatusFacts {
    migration: String,
    /// In the order of [`COUNTED`].
    counts: Vec<u64>,
    jobs: String,
    encryption: String,
    health: Health,
}

impl StatusFacts {
    async fn collect(ctx: &mut Context) -> Result<StatusFacts> {
        if let Some(unread) = &ctx.settings.unread {
            return Err(Error::refused(unread.line()).hint(unread.hint.clone().unwrap_or_default()));
        }
        // A wrong one would make wrong spans of right times.
        ctx.settings.zone()?;
        log::check(|key| ctx.settings.get(key))?;
        let encrypts = ValueStore::from_settings(&ctx.settings).is_enabled;
        let has_master_key = keyring::master_key(&ctx.settings).is_some();
        // What waits and what ran last was written by that clock.
        ctx.follow_server_clock().await?;
        let now = ctx.now();
        let db = ctx.db().await?;
        let mut counts = Vec::new();
        for (_, table) in COUNTED {
            counts.push(count(db, table).await?);
        }
        Ok(StatusFacts {
            migration: migration(db).await?,
            counts,
            jobs: jobs(db, now).await?,
            encryption: if encrypts { encryption(db, has_master_key).await? } else { "disabled".into() },
            health: Health::read(db, now).await?,
        })
    }
}

/// A moment in the suite's zone as programs take it.
fn with_offset(time: NaiveDateTime, zone: Tz) -> String {
    match time.and_local_timezone(zone).earliest() {
        Some(time) => time.format(STAMP).to_string(),
        // Of an hour that a change of the clock left out.
        None => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}

/// How many rows a table has; 0 where an older schema has no such table.
async fn count(db: &mut Db, table: &'static str) -> Result<u64> {
    if db.has_table(table).await? { db.count_where(table, select::all()).await } else { Ok(0) }
}

/// The last migration of the suite's that the schema has.
async fn migration(db: &mut Db) -> Result<String> {
    let newest = if db.has_table(tables::PHINXLOG).await? { migrate::newest_version(db).await? } else { None };
    Ok(newest.unwrap_or_else(|| "unknown".into()))
}

/// How many jobs there are, and how many began lately.
async fn jobs(db: &mut Db, now: NaiveDateTime) -> Result<String> {
    let total = db.count_where(tables::JOB, select::all()).await?;
    let mut began = Vec::new();
    for span in
        [chrono::Duration::days(30), chrono::Duration::days(7), chrono::Duration::days(1), chrono::Duration::hours(1)]
    {
        began.push(
            db.count_where(tables::JOB, Expr::col("begin").gte(now.checked_sub_signed(span).unwrap_or(now))).await?,
        );
    }
    let hourly = began[3];
    let minute = hourly.saturating_add(30) / 60;
    Ok(format!(
        "total: {total}, monthly: {}, weekly: {}, daily: {}, hourly: {hourly}, minute avg: {minute}",
        began[0], began[1], began[2]
    ))
}

/// Which host is monitored, and by which server.
fn zabbix(settings: &Settings) -> String {
    match settings.get("ZABBIX_SERVER") {
        Some(server) => format!("{} => {server}", settings.get("ZABBIX_HOST").unwrap_or_else(unix_user::host)),
        None => "disabled".into(),
    }
}

/// Where measurements are sent, and how.
fn telemetry(settings: &Settings) -> String {
    let Some(collector) = Collector::from_settings(settings) else { return "disabled".into() };
    format!("enabled ({}, {}, {})", collector.service(), collector.address(), telemetry::PROTOCOL)
}

fn is_of_database(error: &Error) -> bool {
    error.kind.code() == Kind::Database.code()
}

/// Which database it is, and why nothing is told of what is in it.
fn database(settings: &Settings, failure: Option<&Error>) -> String {
    let Ok(target) = settings.database() else { return "not configured".into() };
    let driver = Dialect::for_database(&target).driver();
    let state = match failure {
        None => String::new(),
        Some(error) if is_of_database(error) => " (down)".into(),
        Some(error) => format!(" (not asked: {})", error.message),
    };
    format!("{driver} {target}{state}")
}

/// The suite's words: its web interface and monitoring look for them.
async fn encryption(db: &mut Db, has_master_key: bool) -> Result<String> {
    if !has_master_key {
        return Ok("broken (no master key)".into());
    }
    if !db.has_table(tables::ENCRYPTION_KEYS).await? {
        return Ok("broken (table missing)".into());
    }
    let select = select::column(tables::ENCRYPTION_KEYS, "key_data", Expr::col("is_active").eq(true));
    // A new database holds a row that is no key yet.
    Ok(match db.fetch_all(&select).await?.iter().filter(|row| keyring::is_initialized(row)).count() {
        0 => "broken (no active keys)".into(),
        keys => format!("active ({keys} keys)"),
    })
}

/// What this process takes of the machine's memory; 0 where the system does not tell.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten().and_then(|bytes| u64::try_from(bytes).ok());
    pages.saturating_mul(page.unwrap_or_default())
}
