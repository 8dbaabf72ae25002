//! The values themselves: few, the likeliest first, by queries that cost the same however full the database is.

use std::collections::HashSet;

use sea_query::{CaseStatement, Cond, Expr, ExprTrait, Order, SelectStatement};

use super::Candidate;
use super::source::{Jobs, Listing, Source};
use crate::argv;
use crate::commands::{application, company, credential, job, reference, runtemplate};
use crate::db::expression::{refers_to, row_count};
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::job::model::JobState;
use crate::job::output_kind as kind;
use crate::job::state::State;
use crate::table::Table;

/// More are not read by anybody.
const SHOWN: u64 = 100;

/// Values that need no database.
pub fn without_database(source: Source, prefix: &str) -> Option<Vec<Candidate>> {
    let words: &[(&str, &str)] = match source {
        Source::Intervals => &[
            ("n", "never by itself"),
            ("i", "each minute"),
            ("h", "each hour"),
            ("d", "each day"),
            ("w", "each Monday"),
            ("m", "on the first of each month"),
            ("y", "on the first of January"),
            ("c", "by --cron"),
        ],
        Source::Moments => &[
            ("now", "as soon as the queue is run"),
            ("+1 hour", "in an hour"),
            ("tomorrow 6:00", "at a time of another day"),
        ],
        Source::Past => {
            &[("1h", "an hour ago"), ("today", "since midnight"), ("yesterday 22:00", "at a time of another day")]
        }
        _ => return None,
    };
    let fitting = words.iter().filter(|(word, _)| word.starts_with(prefix));
    Some(fitting.map(|(word, about)| Candidate { value: (*word).into(), about: (*about).into() }).collect())
}

/// Values from the database that begin with `prefix`.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db, line: &[String], source: Source, prefix: &str) -> Result<Vec<Candidate>> {
    match source {
        Source::Ids(table) => ids(db, table, prefix).await,
        Source::Names(table) => names(db, table, prefix).await,
        Source::Column(table, column) => {
            let found = column_of(db, table, column, prefix).await?;
            without_shared(db, table, column, found).await
        }
        Source::Jobs(which) => jobs(db, which, prefix).await,
        Source::Fields(listing) => Ok(listed(columns(db, listing).await?, prefix)),
        Source::Order(listing) => {
            let mut found: Vec<_> = [("A", "ascending by id"), ("D", "descending by id")]
                .map(|(value, about)| Candidate { value: value.into(), about: about.into() })
                .into();
            found.extend(orderable(db, listing).await?);
            found.retain(|candidate| candidate.value.starts_with(prefix));
            Ok(found)
        }
        Source::Sort(listing) => {
            let found = orderable(db, listing).await?.into_iter();
            let both = found.flat_map(|column| {
                let descending = Candidate { value: format!("-{}", column.value), about: column.about.clone() };
                [column, descending]
            });
            Ok(listed(both.collect(), prefix))
        }
        Source::Config => config(db, line, prefix).await,
        Source::CompanyVariables { with_value } => company_variables(db, line, prefix, with_value).await,
        Source::CredentialFields => credential_fields(db, line, prefix).await,
        Source::Intervals | Source::Moments | Source::Past => Ok(Vec::new()),
    }
}

/// What a row is called, by the first column that has something.
fn name_of(table: &Table, row: &Row) -> String {
    let of = ["name", "login", "code", "evidence", "status", "filename"];
    let known = |column: &&str| table.column(column).is_some() || row.pairs().any(|(name, _)| name == *column);
    of.iter().filter(|column| known(column)).find_map(|column| row.filled(column)).unwrap_or_default()
}

/// The numbers up to `most` that begin with these digits, as ranges, the highest first: 1200 to 1299, 120 to 129, 12.
///
/// An index answers each of them from its end.
fn ranges(digits: &str, most: i64) -> Vec<(i64, i64)> {
    if digits.is_empty() {
        return vec![(0, most)];
    }
    let (mut ranges, mut width) = (Vec::new(), 1_i64);
    let mut low = digits.parse().ok().filter(|number: &i64| *number > 0);
    while let Some(number) = low.filter(|number| *number <= most) {
        ranges.push((number, Ord::min(number.saturating_add(width.saturating_sub(1)), most)));
        width = width.saturating_mul(10);
        low = number.checked_mul(10);
    }
    ranges.reverse();
    ranges
}

/// Rows of a query, newest first, whose id begins with these digits; no more than `limit`.
async fn newest(
    db: &mut Db,
    select: &SelectStatement,
    id: (&'static str, &'static str),
    digits: &str,
    limit: u64,
) -> Result<Vec<Row>> {
    let most = db.number(select::from(id.0).expr(Expr::col(id.1).max())).await?;
    let mut rows = Vec::new();
    for (low, high) in ranges(digits, most) {
        let mut select = select.clone();
        if !digits.is_empty() {
            // A range of all numbers would be taken for one of few, and sorted, by a PostgreSQL that has not counted the rows yet.
            select.and_where(Expr::col(id).between(low, high));
        }
        select.order_by(id, Order::Desc);
        rows.extend(db.fetch_all(select.limit(limit.saturating_sub(rows.len() as u64))).await?);
        if rows.len() as u64 >= limit {
            break;
        }
    }
    Ok(rows)
}

async fn ids(db: &mut Db, table: &'static Table, prefix: &str) -> Result<Vec<Candidate>> {
    // An artifact's or a credential's row may be long: no more of it is read than is shown.
    let there = db.columns(table.sql).await?;
    let mut select = select::columns(table.sql, [(table.sql, "id")]);
    for column in ["name", "login", "code", "evidence", "status", "filename"] {
        if there.iter().any(|known| known == column) {
            select.column((table.sql, column));
        }
    }
    let rows = newest(db, &select, (table.sql, "id"), prefix, SHOWN).await?;
    let candidate = |row: &Row| Some(Candidate { value: row.text("id")?, about: name_of(table, row) });
    Ok(rows.iter().filter_map(candidate).collect())
}

/// Names where rows have any, ids where they have none, both where digits are typed: each names one row and no other.
async fn names(db: &mut Db, table: &'static Table, prefix: &str) -> Result<Vec<Candidate>> {
    let column = ["slug", "code", "login", "name"].into_iter().find(|name| table.column(name).is_some());
    let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let Some(column) = column else { return ids(db, table, prefix).await };
    let found = column_of(db, table, column, prefix).await?;
    let mut found = without_shared(db, table, column, found).await?;
    if is_number {
        let ids = ids(db, table, prefix).await?;
        found.retain(|name| ids.iter().all(|id| id.value != name.value));
        found.splice(0..0, ids);
    }
    unambiguous(db, table, found).await
}

/// Without what two rows are called: such a word is refused. What is the same word, the server decides.
async fn without_shared(
    db: &mut Db,
    table: &'static Table,
    column: &'static str,
    mut found: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    if found.is_empty() {
        return Ok(found);
    }
    let words = found.iter().map(|candidate| candidate.value.as_str());
    let mut select = select::column(table.sql, column, Expr::col(column).is_in(words));
    select.group_by_col(column).and_having(row_count().gt(1));
    let shared: HashSet<String> = db
        .fetch_all(&select)
        .await?
        .iter()
        .filter_map(|row| row.text(column))
        .map(|word| word.to_lowercase())
        .collect();
    found.retain(|candidate| !shared.contains(&candidate.value.to_lowercase()));
    Ok(found)
}

/// Without the numbers that are the id of one row and what another is called: such a word is refused.
async fn unambiguous(db: &mut Db, table: &'static Table, mut found: Vec<Candidate>) -> Result<Vec<Candidate>> {
    let number = |candidate: &Candidate| candidate.value.parse::<i64>().ok();
    let numbers: Vec<i64> = found.iter().filter_map(number).collect();
    if numbers.is_empty() {
        return Ok(found);
    }
    let mut owners: HashSet<(i64, i64)> = HashSet::new();
    let select = select::columns(table.sql, ["id"]);
    owners.extend(db.fetch_for(&select, "id", &numbers).await?.iter().filter_map(Row::first_int).map(|id| (id, id)));
    let there = db.columns(table.sql).await?;
    for column in table.names().into_iter().filter(|column| there.iter().any(|name| name == column.name)) {
        let words =
            found.iter().filter(|candidate| number(candidate).is_some()).map(|candidate| candidate.value.as_str());
        let mut select = select::columns(table.sql, ["id", column.name]);
        select.and_where(Expr::col(column.name).is_in(words));
        for row in db.fetch_all(&select).await? {
            owners.extend(row.text(column.name).and_then(|word| word.parse().ok()).zip(row.int("id")));
        }
    }
    let names_one = |number: i64| owners.iter().filter(|(word, _)| *word == number).count() < 2;
    found.retain(|candidate| number(candidate).is_none_or(names_one));
    Ok(found)
}

async fn column_of(db: &mut Db, table: &'static Table, column: &'static str, prefix: &str) -> Result<Vec<Candidate>> {
    let about = if column != "name" && table.column("name").is_some() { "name" } else { "id" };
    let mut select = select::columns(table.sql, [column, about]);
    select.order_by(column, Order::Asc).limit(SHOWN);
    select.and_where(Expr::col(column).ne(""));
    if !prefix.is_empty() {
        // What a pattern would take for something else stands for any letter; what does not fit is left out below.
        let pattern: String = prefix.chars().map(|c| if matches!(c, '%' | '\\') { '_' } else { c }).collect();
        select.and_where(Expr::col(column).like(format!("{pattern}%")));
    }
    let rows = db.fetch_all(&select).await?;
    let candidate = |row: &Row| {
        let value = row.text(column).filter(|value| value.starts_with(prefix))?;
        let about = row.text(about).unwrap_or_default();
        Some(Candidate { value, about: if column == "name" { format!("{} {about}", table.noun) } else { about } })
    };
    Ok(rows.iter().filter_map(candidate).collect())
}

async fn jobs(db: &mut Db, which: Jobs, prefix: &str) -> Result<Vec<Candidate>> {
    let mut select = select::columns(
        tables::JOB,
        [
            (tables::JOB, "id"),
            (tables::JOB, "begin"),
            (tables::JOB, "exitcode"),
            (tables::JOB, "schedule"),
            (tables::RUNTEMPLATE, "name"),
        ],
    )
    .left_join(tables::RUNTEMPLATE, refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE))
    .cond_where(condition(which))
    .take();
    // An older schema lacks the table. What went well has no reason, and is most.
    if db.tables().await?.iter().any(|there| there == tables::JOB_OUTPUT_LINES) {
        let code = Expr::col((tables::JOB, "exitcode"));
        select.expr_as(CaseStatement::new().case(code.ne(0), kind::newest_line(kind::REASON)), "reason");
    }
    let rows = if which == Jobs::Queued {
        select.inner_join(tables::SCHEDULE, Expr::col((tables::SCHEDULE, "job")).equals((tables::JOB, "id")));
        newest(db, &select, (tables::SCHEDULE, "job"), prefix, SHOWN).await?
    } else {
        newest(db, &select, (tables::JOB, "id"), prefix, SHOWN).await?
    };
    let mut found = Vec::new();
    for row in rows {
        let job = JobState::read(&row);
        let state = match (State::with_reason(job, row.filled("reason").as_deref()), job) {
            (State::Failed, JobState::Ended(code)) => format!("{} ({code})", State::Failed.word()),
            (state, _) => state.word().to_owned(),
        };
        let when = row.text("begin").or_else(|| row.text("schedule"));
        let about = [Some(state), row.filled("name"), when].into_iter().flatten().collect::<Vec<_>>().join(", ");
        found.extend(row.text("id").map(|value| Candidate { value, about }));
    }
    Ok(found)
}

/// Which jobs these are, as the query says it: of all that there are, few may have not ended, and they may be old.
fn condition(which: Jobs) -> Cond {
    let code = || Expr::col((tables::JOB, "exitcode"));
    match which {
        Jobs::All => Cond::all(),
        Jobs::Queued | Jobs::Waiting => State::Pending.condition(),
        Jobs::Unfinished => Cond::all().add(code().is_null()),
        Jobs::Ended => Cond::all().add(code().is_not_null()),
    }
}

async fn columns(db: &mut Db, listing: Listing) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    if let Some(table) = listing.table {
        let about = |name: &str| table.column(name).map(|column| column.help.to_owned()).unwrap_or_default();
        let there = db.columns(table.sql).await?;
        found.extend(there.iter().map(|name| Candidate { about: about(name), value: name.clone() }));
    }
    found.extend(listing.joined.iter().map(|name| Candidate { value: (*name).to_owned(), about: String::new() }));
    Ok(found)
}

/// The columns that hold no secrets.
async fn orderable(db: &mut Db, listing: Listing) -> Result<Vec<Candidate>> {
    let secret = listing.table.map(Table::secrets).unwrap_or_default();
    let mut found = columns(db, listing).await?;
    let of_jobs = if listing.table.is_some_and(|table| table.sql == tables::JOB) { job::SECRET } else { &[] };
    found.retain(|candidate| ![&secret[..], of_jobs].concat().contains(&candidate.value.as_str()));
    Ok(found)
}

/// The last of the names that stand with commas between; those before it are not offered again.
fn listed(names: Vec<Candidate>, prefix: &str) -> Vec<Candidate> {
    let (head, last) = prefix.rsplit_once(',').map_or(("", prefix), |(head, last)| (head, last));
    let joint = if head.is_empty() { "" } else { "," };
    // A column is the same whichever way it orders.
    let column = |name: &str| name.strip_prefix('-').unwrap_or(name).to_owned();
    let named: Vec<String> = head.split(',').map(column).collect();
    let fits = |name: &Candidate| name.value.starts_with(last) && !named.contains(&column(&name.value));
    let whole = |name: Candidate| Candidate { value: format!("{head}{joint}{}", name.value), about: name.about };
    names.into_iter().filter(fits).map(whole).collect()
}

/// The word without an option that the line has, behind noun and verb.
fn word(line: &[String]) -> Option<&str> {
    line.get(2).map(String::as_str).filter(|word| !word.starts_with('-'))
}

/// The row of a table that the line names, by an id or a name.
async fn named_row(db: &mut Db, line: &[String], table: &Table, options: &[&str]) -> Result<Option<Row>> {
    let given = options.iter().find_map(|name| argv::value_of(line, name, &[]));
    let Some(given) = given.or_else(|| word(line).filter(|_| options.contains(&"id")).map(str::to_owned)) else {
        return Ok(None);
    };
    let is_called =
        !options.iter().any(|name| name.contains("id") && argv::value_of(line, name, &[]).as_ref() == Some(&given));
    match given.parse::<i64>() {
        Ok(id) if !is_called => db.find(table.sql, id).await,
        _ => table.find_named(db, &given, &given, "--id").await,
    }
}

async fn config(db: &mut Db, line: &[String], prefix: &str) -> Result<Vec<Candidate>> {
    let runtemplate = named_row(db, line, &runtemplate::TABLE, &["id", "name"]).await?;
    let app = match runtemplate {
        Some(row) => row.int("app_id"),
        None => {
            named_row(db, line, &application::TABLE, &["app_id", "app-id", "app"]).await?.and_then(|row| row.int("id"))
        }
    };
    let mut select = select::columns(tables::CONFFIELD, ["keyname", "description"])
        .order_by("keyname", Order::Asc)
        .limit(SHOWN)
        .take();
    if let Some(app) = app {
        select.and_where(Expr::col("app_id").eq(app));
    }
    variables(db, &select, prefix, "=").await
}

/// Names with what they are for, of the first two columns of a query.
async fn variables(db: &mut Db, select: &SelectStatement, prefix: &str, end: &str) -> Result<Vec<Candidate>> {
    let mut found: Vec<Candidate> = Vec::new();
    db.for_each(select, |row| {
        let mut texts = row.pairs().map(|(_, value)| value.to_text());
        let (name, about) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        let value = format!("{name}{end}");
        if value.starts_with(prefix) && !found.iter().any(|known| known.value == value) {
            found.push(Candidate { value, about });
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

async fn company_variables(db: &mut Db, line: &[String], prefix: &str, with_value: bool) -> Result<Vec<Candidate>> {
    let Some(company) = named_row(db, line, &company::TABLE, &["company", "company_id", "company-id"]).await? else {
        return Err(reference::missing_company());
    };
    let mut select = select::column(tables::COMPANYENV, "keyword", Expr::col("company_id").eq(company.int("id")));
    variables(db, select.order_by("keyword", Order::Asc), prefix, if with_value { "=" } else { "" }).await
}

async fn credential_fields(db: &mut Db, line: &[String], prefix: &str) -> Result<Vec<Candidate>> {
    let credential = named_row(db, line, &credential::TABLE, &["id"]).await?;
    let kind = match credential {
        Some(row) => row.int("credential_type_id"),
        None => argv::value_of(line, "credential-type-id", &[]).and_then(|id| id.parse().ok()),
    };
    let Some(kind) = db.find_referred(tables::CREDENTIAL_TYPE, kind).await? else { return Ok(Vec::new()) };
    let prototype = select::column(tables::CREDENTIAL_PROTOTYPE, "id", Expr::col("code").eq(kind.text("prototype")));
    let select = select::columns(tables::CREDENTIAL_PROTOTYPE_FIELD, ["keyword", "name"])
        .and_where(Expr::col("credential_prototype_id").in_subquery(prototype))
        .take();
    variables(db, &select, prefix, "=").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_ranges() {
        assert_eq!(ranges("12", 100_000), [(12_000, 12_999), (1200, 1299), (120, 129), (12, 12)]);
        assert_eq!(ranges("12", 1250), [(1200, 1250), (120, 129), (12, 12)]);
        assert_eq!(ranges("", 7), [(0, 7)]);
        assert_eq!(ranges("9223372036854775807", i64::MAX), [(i64::MAX, i64::MAX)]);
        for nothing in ["0", "x", "-1", "8", "99999999999999999999"] {
            assert_eq!(ranges(nothing, 7), [], "{nothing}");
        }
    }
}
