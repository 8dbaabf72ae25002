//! `job get`, and how a job's row is shown without its secrets.

use std::borrow::Cow;

use clap::ArgMatches;
use clap::parser::ValueSource;
use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use serde_json::{Map, Value as Json};

use crate::commands::job::{TABLE, record};
use crate::context::Context;
use crate::db::{Db, Row, Value, select, tables};
use crate::error::Result;
use crate::executor::Versions;
use crate::id::JobId;
use crate::job::model::JobState;
use crate::job::output_kind as kind;
use crate::job::queue::requeue;
use crate::job::stored_environment::{EnvironmentReader, Variable};
use crate::job::tail::Shown;
use crate::output::object::Object;
use crate::output::{Outcome, write_json};
use crate::secret::MASK;
use crate::shell;
use crate::table::args;
use crate::table::crud;

/// A job's row as JSON shows it: the environment as an object of texts, secrets masked.
pub fn shown(row: &Row) -> Map<String, Json> {
    let mut record = TABLE.show(row);
    let stored = stored_environment(row);
    let mut reader = EnvironmentReader::default();
    let variables = reader.variables(stored.as_bytes()).ok();
    if let Some(env) = record.get_mut("env") {
        *env = environment(variables.as_deref());
    }
    if let Some(hidden) = variables.as_deref().and_then(|variables| hidden_command(row, variables)) {
        record.insert("command".into(), hidden.into());
    }
    record
}

/// A job's command with its secrets masked, where it has any: the suite stores the command as it is run.
pub(super) fn hidden_command(row: &Row, variables: &[&Variable]) -> Option<String> {
    let Value::Text(command) = row.get("command") else { return None };
    let secrets = variables.iter().filter(|variable| variable.is_secret).map(|variable| &*variable.value);
    shell::redact_command(command, secrets)
}

pub(super) fn stored_environment(row: &Row) -> Cow<'_, str> {
    match row.get("env") {
        Value::Text(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_text()),
    }
}

/// What stands where an environment cannot be read: it is not shown, as it may hold secrets.
const UNREADABLE: &str = "(cannot be read)";

/// The environment as an object of texts, secrets masked; `{}` where there is none.
fn environment(variables: Option<&[&Variable]>) -> Json {
    let pair = |variable: &&Variable| (variable.code.clone(), masked(variable).into());
    match variables {
        Some(variables) => Json::Object(variables.iter().map(pair).collect()),
        None => UNREADABLE.into(),
    }
}

/// As [`environment`], written into a buffer: a listing has one in each row.
pub(super) fn write_environment(variables: Option<&[&Variable]>, buffer: &mut Vec<u8>) -> Result<()> {
    buffer.clear();
    let Some(variables) = variables else { return write_json(buffer, UNREADABLE) };
    buffer.push(b'{');
    for (i, variable) in variables.iter().enumerate() {
        buffer.extend_from_slice(if i == 0 { b"" } else { b"," });
        write_json(buffer, &variable.code)?;
        buffer.push(b':');
        write_json(buffer, masked(variable))?;
    }
    buffer.push(b'}');
    Ok(())
}

fn masked(variable: &Variable) -> &str {
    if variable.is_secret && !variable.value.is_empty() { MASK } else { &variable.value }
}

/// How the rows of a kind are asked for, in their order.
///
/// The suite's Kubernetes executor stored its output as `success` and `error`.
pub fn output_of(job: JobId, kinds: &[&'static str]) -> SelectStatement {
    let mut select = select::column(
        tables::JOB_OUTPUT_LINES,
        "line",
        Expr::col("job_id").eq(job).and(Expr::col("type").is_in(kinds.iter().copied())),
    );
    select.order_by("seq", Order::Asc).order_by("id", Order::Asc).take()
}

pub(super) async fn lines(db: &mut Db, job: JobId, kinds: &[&'static str]) -> Result<Vec<String>> {
    Ok(db.fetch_all(&output_of(job, kinds)).await?.iter().filter_map(|row| row.text("line")).collect())
}

/// The versions of what it ran with, in Kubernetes; none where that is not known.
pub(super) async fn versions(db: &mut Db, job: JobId) -> Result<Option<Versions>> {
    let stored = lines(db, job, &[kind::VERSIONS]).await?.pop();
    Ok(stored.and_then(|text| serde_json::from_str(&text).ok()))
}

#[derive(clap::Args)]
pub struct GetArgs {
    /// Do not escape control sequences in its output on a terminal
    #[arg(long)]
    raw: bool,
}

/// Shows a job with its output: as a page on a terminal, else as a record with all its fields.
///
/// # Errors
/// There is no such job, `--fields` names a field that it does not have, or stdout cannot be written.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, options: GetArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick_to_show(db, &TABLE, matches).await?;
    let is_plain = matches.value_source("format") != Some(ValueSource::CommandLine);
    if is_plain
        && args::wanted_fields(matches).is_none()
        && let Some(shown) = record::show(ctx, &row, options.raw).await?
    {
        return Ok(shown);
    }
    let (db, printer) = ctx.open().await?;
    let id = JobId(row.id("id")?);
    let mut record = shown(&row);
    let notices = lines(db, id, &[kind::NOTICE]).await?;
    if !notices.is_empty() {
        record.insert("notices".into(), notices.into());
    }
    let reason = match JobState::read(&row) {
        JobState::Waiting => requeue::last_reason(db, id).await?,
        JobState::Running | JobState::Ended(_) => lines(db, id, &[kind::REASON]).await?.pop(),
    };
    if let Some(reason) = reason {
        record.insert("reason".into(), reason.into());
    }
    if let Some(versions) = versions(db, id).await? {
        record.insert("versions".into(), serde_json::to_value(versions).unwrap_or_default());
    }
    let wanted = args::wanted_fields(matches);
    let streams: Vec<_> = [("stdout", Shown::Stdout.types()), ("stderr", Shown::Stderr.types())]
        .into_iter()
        .filter(|(name, _)| wanted.as_ref().is_none_or(|fields| fields.iter().any(|field| field == name)))
        .collect();
    // The output may be larger than memory is meant to be: it is printed as it is read.
    if wanted.is_some() {
        // Fields that only some jobs have are asked for of all.
        record.entry("notices").or_insert_with(|| Json::Array(Vec::new()));
        for name in ["reason", "versions", "stdout", "stderr"] {
            record.entry(name).or_insert(Json::Null);
        }
        let Outcome::Record(picked) = crud::record(record, matches)? else { return Ok(Outcome::Written) };
        record = picked;
        record.retain(|name, _| name != "stdout" && name != "stderr");
    }
    print(db, printer.object(&record)?.raw(options.raw), id, &streams).await
}

async fn print(
    db: &mut Db,
    mut object: Object<'_>,
    job: JobId,
    streams: &[(&'static str, &'static [&'static str])],
) -> Result<Outcome> {
    for (name, kinds) in streams {
        object.open_text(name)?;
        db.for_each(&output_of(job, kinds), |row| object.text(&row.text("line").unwrap_or_default())).await?;
        object.close_text()?;
    }
    object.finish()
}
