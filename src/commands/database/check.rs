//! `database check` and `database repair`: what does not agree in a database, and what mends it.

use chrono::NaiveDateTime;
use sea_query::{Alias, Expr, ExprTrait, Func, Order};
use serde_json::{Value, json};

use super::wide;
use crate::commands::credential::values;
use crate::commands::{NoArgs, credential_prototype};
use crate::context::Context;
use crate::count::counted;
use crate::db::copy::misfits;
use crate::db::expression::{byte_length, count_if, refers_to, row_count};
use crate::db::references::Tie;
use crate::db::{Db, Sql, references, select, tables};
use crate::error::{Result, exit};
use crate::job::recovery::obstacles;
use crate::output::{Outcome, Printer};
use crate::shell;
use crate::width::first_of;

/// Something that does not agree.
pub(super) struct Mismatch {
    pub kind: &'static str,
    pub table: String,
    pub column: String,
    pub rows: i64,
    pub message: String,
    pub mend: String,
}

impl Mismatch {
    fn json(&self, printer: &Printer) -> Value {
        json!({
            "kind": self.kind, "table": self.table, "column": self.column, "rows": self.rows,
            "message": self.message, "mend": printer.suggesting(&self.mend),
        })
    }
}

/// Tells what does not agree in the database and what mends it; exits with 1 where there is such a thing.
///
/// What is no fault of this database is a notice, which is told and leaves the exit code 0: what a move to a server would meet, and what
/// the suite allows.
///
/// # Errors
/// The database is not there, cannot be asked, or is not the suite's.
pub async fn check(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    ctx.require_database()?;
    ctx.follow_server_clock().await?;
    let now = ctx.now();
    let db = ctx.db().await?;
    let (found, notices) = match damage(db).await? {
        // What else were read of such a file need not be so.
        Some(damage) => (vec![damage], Vec::new()),
        None => inconsistencies(db, now).await?,
    };
    let is_good = found.is_empty();
    let mut text: String = found
        .iter()
        .map(|it| (it, ""))
        .chain(notices.iter().map(|it| (it, "notice: ")))
        .map(|(it, word)| format!("{word}{}\n  mend: {}\n", it.message, it.mend))
        .collect();
    text.push_str(&match found.len() {
        0 => "everything agrees".to_owned(),
        count => counted(count as u64, "findings"),
    });
    let all = |list: &[Mismatch]| list.iter().map(|it| it.json(&ctx.printer)).collect::<Vec<_>>();
    let json = json!({"ok": is_good, "findings": all(&found), "notices": all(&notices)});
    Ok(match is_good {
        true => Outcome::message(text, json),
        false => Outcome::Report { text, json }.with_code(exit::FAILED),
    })
}

/// What does not agree, and the notices.
async fn inconsistencies(db: &mut Db, now: NaiveDateTime) -> Result<(Vec<Mismatch>, Vec<Mismatch>)> {
    db.require_columns(tables::JOB).await?;
    let sequences = references::sequences(db).await?;
    let mut notices: Vec<Mismatch> = unreadable(&sequences.unreadable).into_iter().collect();
    let mut found: Vec<Mismatch> = sequences.behind.into_iter().map(behind).collect();
    found.append(&mut dangling(db).await?);
    found.extend(waiting(db, now).await?);
    found.append(&mut stuck(db).await?);
    found.append(&mut unknown_prototypes(db).await?);
    found.extend(falsely_encrypted(db).await?);
    found.append(&mut cut(db).await?);
    found.append(&mut misfit(db).await?);
    notices.extend(foreign_types(db).await?);
    if !db.dialect.limits_texts() {
        notices.append(&mut wide::find(db).await?);
    }
    Ok((found, notices))
}

/// A file of SQLite that is damaged.
async fn damage(db: &mut Db) -> Result<Option<Mismatch>> {
    let Some(sql) = db.dialect.integrity_check() else { return Ok(None) };
    let answer = db.fetch_all(&Sql(sql)).await?;
    let texts: Vec<String> = answer.iter().filter_map(|row| row.text("integrity_check")).collect();
    // Before the damaged pages, which come first, stands a heading.
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with("***") && *line != "ok");
    let lines: Vec<&str> = lines.collect();
    let Some(first) = lines.first() else { return Ok(None) };
    // A row that an index lacks is there. Of a table that lacks rows its indexes have too many.
    let is_of_index =
        |line: &&str| [" from index ", " in index ", "Fragmentation of "].iter().any(|words| line.contains(words));
    let lacking = lines.iter().find(|line| line.contains(" from index ")).filter(|_| lines.iter().all(is_of_index));
    let file = shell::quote_word(&db.target().to_string());
    Ok(Some(Mismatch {
        kind: "file",
        table: String::new(),
        column: String::new(),
        rows: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        message: format!(
            "the file is damaged: {}{}",
            lacking.unwrap_or(first),
            if lines.len() > 1 { ", and more" } else { "" }
        ),
        mend: match lacking {
            Some(_) => format!("`sqlite3 {file} REINDEX` makes its indexes anew; then check it again"),
            None => "restore a backup; what can still be read is copied by the `.recover` of sqlite3".to_owned(),
        },
    }))
}

/// Sequences that this user may not read: the tool works without that right.
fn unreadable(sequences: &[String]) -> Option<Mismatch> {
    let first = sequences.first()?;
    let rows = sequences.len();
    Some(Mismatch {
        kind: "sequence",
        message: format!(
            "{rows} sequences may not be read by this user (the first is {first}): whether they are behind is not known"
        ),
        mend: "have their owner let this user read them, or run this as that owner".into(),
        rows: i64::try_from(rows).unwrap_or(i64::MAX),
        table: String::new(),
        column: String::new(),
    })
}

fn behind(it: references::LaggingSequence) -> Mismatch {
    Mismatch {
        kind: "sequence",
        message: format!(
            "the sequence of {}.{} would give {} next, but ids up to {} are in use: no row can be added",
            it.table, it.column, it.next, it.highest
        ),
        mend: "`multiflexi-cli database repair`".into(),
        rows: 1,
        table: it.table,
        column: it.column,
    }
}

async fn dangling(db: &mut Db) -> Result<Vec<Mismatch>> {
    let finding = |it: references::DanglingRows| {
        let references::Reference { table, column, parent, tie } = it.reference;
        Mismatch {
            kind: "reference",
            table: (*table).to_owned(),
            column: (*column).to_owned(),
            rows: it.rows,
            message: format!("{} rows of {table} refer by {column} to a {parent} that is not there ({})", it.rows, it.example),
            mend: match (tie, *table, *column) {
                (Tie::Part, ..) => "`multiflexi-cli database repair --remove-dangling` deletes them".to_owned(),
                (Tie::Loose, tables::JOB, _) => {
                    "history that does no harm; `multiflexi-cli database repair --remove-dangling` sets it to NULL, `multiflexi-cli queue fix` \
                     removes those that wait"
                        .to_owned()
                }
                (Tie::Loose, ..) => "`multiflexi-cli database repair --remove-dangling` sets it to NULL".to_owned(),
                (Tie::Fact, tables::JOB, "app_id" | "company_id") => {
                    "history that does no harm; `multiflexi-cli job delete --id=N` deletes one, `multiflexi-cli queue fix` those that wait".to_owned()
                }
                (Tie::Fact, table, _) => format!("delete them, or set {table}.{column} to a {parent} that is there"),
            },
        }
    };
    Ok(references::dangling(db).await?.into_iter().map(finding).collect())
}

/// Jobs that wait and are in no queue, except those that `queue fix` keeps.
async fn waiting(db: &mut Db, now: NaiveDateTime) -> Result<Option<Mismatch>> {
    let mut select = select::from(tables::JOB)
        .expr_as(row_count(), "number")
        .expr_as(Expr::col((tables::JOB, "id")).min(), "example")
        .take();
    let outside = obstacles::outside(db, now).await?;
    let row = db.fetch_optional(select.cond_where(outside)).await?;
    let number = |name| row.as_ref().and_then(|row| row.int(name)).unwrap_or_default();
    let (rows, example) = (number("number"), number("example"));
    Ok((rows > 0).then(|| Mismatch {
        kind: "queue",
        table: tables::JOB.into(),
        column: "id".into(),
        rows,
        message: match rows {
            1 => format!("1 waiting job is not in the queue ({example}), so nothing will run it"),
            _ => format!("{rows} waiting jobs are not in the queue (the first is {example}), so nothing will run them"),
        },
        mend: format!(
            "`multiflexi-cli job run --id={example} --unqueued` runs one, as is meant for those of `job create`; `multiflexi-cli queue fix` \
             deletes them, and a schedule that waits for one goes on"
        ),
    }))
}

/// Values that no other database would take where they are.
async fn misfit(db: &mut Db) -> Result<Vec<Mismatch>> {
    let finding = |it: misfits::Misfits| Mismatch {
        kind: "value",
        message: format!("{} values of {}.{} are none: {}", it.rows, it.table, it.column, it.example()),
        mend: it.remedy(),
        rows: it.rows,
        table: it.table,
        column: it.column,
    };
    Ok(misfits::find(db).await?.into_iter().map(finding).collect())
}

/// What nothing but `queue fix` mends in the queue.
async fn stuck(db: &mut Db) -> Result<Vec<Mismatch>> {
    let finding = |table: &str, column: &str, ids: Vec<i64>, what: &str, mend: &str| {
        let first = ids.first()?;
        Some(Mismatch {
            kind: "queue",
            table: table.to_owned(),
            column: column.to_owned(),
            rows: i64::try_from(ids.len()).unwrap_or(i64::MAX),
            message: format!("{} {what} (the first is {first})", ids.len()),
            mend: format!("`multiflexi-cli queue fix` {mend}"),
        })
    };
    let rows = obstacles::stale_rows(db).await?;
    let schedules = obstacles::dead_schedules(db).await?.into_iter().map(i64::from).collect();
    let what = "runtemplates wait for the end of a job that is not there any more: none of their schedules goes on";
    Ok([
        finding(
            tables::SCHEDULE,
            "job",
            rows,
            "rows of the queue are of jobs that do not wait for their moment",
            "removes them",
        ),
        finding(tables::RUNTEMPLATE, "next_schedule", schedules, what, "lets them go on"),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Credential types whose prototype nobody knows: which of their values are secret or required is not known then either.
async fn unknown_prototypes(db: &mut Db) -> Result<Vec<Mismatch>> {
    let finding = |(code, rows): (String, i64)| Mismatch {
        kind: "reference",
        table: tables::CREDENTIAL_TYPE.into(),
        column: "prototype".into(),
        rows,
        message: format!(
            "{rows} credential types are of the prototype {code:?}, which is not there: which of their values are secret is not \
             known"
        ),
        mend:
            "import the prototype's definition, or name another one by `multiflexi-cli credential-type update --id=N \
               --class=CODE`"
                .into(),
    };
    Ok(credential_prototype::missing(db).await?.into_iter().map(finding).collect())
}

/// Credentials of one company whose type is another's.
async fn foreign_types(db: &mut Db) -> Result<Option<Mismatch>> {
    const SHOWN: usize = 5;
    if !db.has_column(tables::CREDENTIALS, "company_id").await?
        || !db.has_column(tables::CREDENTIAL_TYPE, "company_id").await?
    {
        return Ok(None);
    }
    let [own, other] = [tables::CREDENTIALS, tables::CREDENTIAL_TYPE].map(|table| (table, "company_id"));
    let select = select::columns(tables::CREDENTIALS, [(tables::CREDENTIALS, "id")])
        .inner_join(
            tables::CREDENTIAL_TYPE,
            refers_to((tables::CREDENTIALS, "credential_type_id"), tables::CREDENTIAL_TYPE),
        )
        .and_where(Expr::col(own).not_equals(other).and(Expr::col(other).gt(0)))
        .order_by((tables::CREDENTIALS, "id"), Order::Asc)
        .take();
    let ids: Vec<i64> = db.fetch_ids(&select).await?;
    Ok(ids.first().map(|first| Mismatch {
        kind: "company",
        table: tables::CREDENTIALS.into(),
        column: "credential_type_id".into(),
        rows: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        message: format!(
            "{} credentials are of another company's credential type (id {}): what is assigned them gets secrets across companies",
            ids.len(),
            first_of(&ids, SHOWN)
        ),
        mend: format!("if that is not meant, `multiflexi-cli credential update --id={first} --credential-type-id=ID` gives it one of its company"),
    }))
}

/// Values that are marked as encrypted and hold no envelope: no key opens them.
async fn falsely_encrypted(db: &mut Db) -> Result<Option<Mismatch>> {
    if !db.has_column(values::TABLE, "is_encrypted").await? {
        return Ok(None);
    }
    let is_no_envelope = Expr::col("value").ne("").and(Expr::col("value").not_like("{%"));
    let select = select::rows(values::TABLE, Expr::col("is_encrypted").eq(true).and(is_no_envelope.clone()))
        .order_by("id", Order::Asc)
        .limit(1)
        .take();
    let Some(first) = db.fetch_optional(&select).await? else { return Ok(None) };
    let rows = db.count_where(values::TABLE, Expr::col("is_encrypted").eq(true).and(is_no_envelope)).await?;
    let (credential, name) = (first.int("credential_id"), first.text("name").unwrap_or_default());
    let mend = match (credential, db.find_referred(tables::CREDENTIALS, credential).await?) {
        (Some(credential), Some(_)) => {
            let field = shell::quote_word(&format!("--field={name}=-"));
            let command = format!("credential update --id={credential} {field}");
            format!("`multiflexi-cli {command}` stores the value anew")
        }
        (Some(_), None) => {
            "its credential is not there: `multiflexi-cli database repair --remove-dangling` deletes it".to_owned()
        }
        (None, _) => {
            format!("no credential has it, and nothing reads it: delete row {} of {}", first.id("id")?, values::TABLE)
        }
    };
    let whose = credential.map_or_else(|| "no credential".to_owned(), |id| format!("credential {id}"));
    Ok(Some(Mismatch {
        kind: "value",
        table: values::TABLE.into(),
        column: "value".into(),
        rows: i64::try_from(rows).unwrap_or(i64::MAX),
        message: format!(
            "{rows} values of credentials are marked as encrypted and are not (the first is {name} of {whose}): jobs \
             cannot get them, and they may stand in the database in clear"
        ),
        mend,
    }))
}

/// Texts that fill their column to the last character: a MySQL server that is not strict cuts what is longer.
async fn cut(db: &mut Db) -> Result<Vec<Mismatch>> {
    let Some(sql) = db.dialect.columns_that_cut() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let columns = db.fetch_all(&Sql(sql)).await?;
    for of_table in columns.chunk_by(|a, b| a.get("table_name") == b.get("table_name")) {
        let table = of_table.first().and_then(|row| row.text("table_name")).unwrap_or_default();
        let mut select = select::from(Alias::new(table.as_str()));
        for column in of_table {
            let (name, length) = (column.text("name").unwrap_or_default(), column.int("length").unwrap_or_default());
            // A text's limit is one of bytes, and a character is not cut in two.
            let text = Alias::new(name.as_str());
            let is_full = match column.text("kind").as_deref() {
                Some("text") => byte_length(text).gte(length.saturating_sub(3)),
                _ => Expr::from(Func::char_length(Expr::col(text))).gte(length),
            };
            select.expr_as(count_if(is_full), Alias::new(name));
        }
        let Some(row) = db.fetch_optional(&select).await? else { continue };
        for (name, value) in row.pairs() {
            let rows = value.to_int().unwrap_or_default();
            if rows > 0 {
                found.push(Mismatch {
                    kind: "cut",
                    table: table.clone(),
                    column: name.to_owned(),
                    rows,
                    message: match rows {
                        1 => format!("1 text fills {table}.{name} to the last character: it may have been cut"),
                        _ => format!("{rows} texts fill {table}.{name} to the last character: they may have been cut"),
                    },
                    mend: "what is missing is lost; store the whole text again, in a wider column or a file".into(),
                });
            }
        }
    }
    Ok(found)
}

#[derive(clap::Args)]
pub struct Repair {
    /// Also delete rows that are a part of something which is not there any more, and empty references to it that may be empty
    #[arg(long = "remove-dangling")]
    remove_dangling: bool,
    /// Show what would be done, without doing it
    #[arg(long = "dry-run")]
    dry_run: bool,
}

/// What is a part of what goes here goes too.
async fn remove_dangling(db: &mut Db, dry_run: bool, done: &mut Vec<String>) -> Result<()> {
    loop {
        let found = references::dangling(db).await?;
        let found: Vec<_> = found.iter().filter(|it| it.reference.tie != Tie::Fact).collect();
        let mut mended = 0_u64;
        for dangling in &found {
            let rows = match dry_run {
                true => dangling.rows.unsigned_abs(),
                false => references::mend(db, dangling).await?,
            };
            mended = mended.saturating_add(rows);
            let references::Reference { table, column, parent, tie } = dangling.reference;
            done.push(match tie {
                Tie::Loose => format!("{rows} rows of {table} whose {column} is no {parent} have none there now"),
                _ => format!("{rows} rows of {table} whose {column} is no {parent} are deleted"),
            });
        }
        // What cannot be mended is not looked for again and again.
        if mended == 0 || dry_run {
            return Ok(());
        }
    }
}

/// Moves on the sequences that are behind; with `--remove-dangling` deletes rows of what is gone, too.
///
/// # Errors
/// The database is not there, cannot be worked with, or is not the suite's; no row is deleted then.
pub async fn repair(ctx: &mut Context, args: Repair) -> Result<Outcome> {
    ctx.require_database()?;
    let db = ctx.db().await?;
    db.require_columns(tables::JOB).await?;
    let work = async |db: &mut Db| {
        let mut done = Vec::new();
        let sequences = references::sequences(db).await?;
        for behind in sequences.behind {
            if !args.dry_run {
                references::advance(db, &behind).await?;
            }
            let next = behind.highest.saturating_add(1);
            done.push(format!("the sequence of {}.{} goes on with {next}", behind.table, behind.column));
        }
        if args.remove_dangling {
            remove_dangling(db, args.dry_run, &mut done).await?;
        }
        Ok((done, sequences.unreadable))
    };
    let (done, unread) = db.transaction(work).await?;
    if let Some(notice) = unreadable(&unread) {
        ctx.printer.note(&format!("warning: {}\n  mend: {}", notice.message, notice.mend));
    }
    let text = match (done.len(), args.dry_run) {
        (0, _) => "nothing to repair".to_owned(),
        (_, true) => format!("this would be done:\n{}", done.join("\n")),
        (_, false) => done.join("\n"),
    };
    let json = json!({"repaired": done, "dry_run": args.dry_run});
    // What would be done is what was asked for; what was done is a sentence.
    Ok(if args.dry_run && !done.is_empty() { Outcome::Report { text, json } } else { Outcome::message(text, json) })
}
