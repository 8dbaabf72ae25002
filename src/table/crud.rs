//! The five verbs over a [`Table`]: list, get, create, update, delete. Each checks all it can before it writes, and writes
//! in one transaction.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use serde_json::json;

use crate::audit::{self, Action};
use crate::context::Context;
use crate::db::{Db, Row, same_key, select};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::output::{Outcome, Printer, changed};
use crate::table::paging::{Columns, Paging};
use crate::table::{Table, Values, args, mask, now};

/// Selects the rows that the filter options of a listing let through.
///
/// # Errors
/// An option names a row of another table that is not there: nothing found would be no answer to that.
pub async fn filtered(db: &mut Db, table: &Table, matches: &ArgMatches) -> Result<SelectStatement> {
    let mut select = Query::select();
    for column in table.columns.iter().filter(|column| column.filter) {
        let Some(value) = args::value(matches, column.option) else { continue };
        if let (Some(parent), sea_query::Value::BigInt(Some(id))) = (column.refers_to, &value) {
            parent.require(db, *id).await?;
        }
        select.and_where(Expr::col(column.name).eq(value));
    }
    Ok(select)
}

/// Lists the rows that the filter options let through.
///
/// # Errors
/// A filter names a row that is not there, the database cannot be asked, `--fields` or the order names a column that is not there,
/// the order one of secrets, or stdout cannot be written.
pub async fn list(ctx: &mut Context, table: &'static Table, matches: &ArgMatches) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let select = filtered(db, table, matches).await?;
    stream(db, printer, table, select, &Paging::from_args(matches)).await
}

/// Lists the rows of a table that a query's conditions let through.
///
/// # Errors
/// Same as [`list`].
pub async fn stream(
    db: &mut Db,
    printer: &Printer,
    table: &'static Table,
    mut select: SelectStatement,
    paging: &Paging,
) -> Result<Outcome> {
    let there = db.require_columns(table.sql).await?;
    let fields = paging.columns(table, printer, &there)?;
    select.from(table.sql).columns(fields.iter().map(sea_query::Alias::new));
    paging.apply(&mut select, &Columns { all: there.clone(), secret: &table.secrets() }, db.dialect)?;
    let secret: Vec<bool> =
        fields.iter().map(|field| table.column(field).is_some_and(|column| column.secret)).collect();
    let mut list = printer.list(fields);
    db.for_each(&select, |mut row| {
        for (value, _) in row.values.iter_mut().zip(&secret).filter(|(_, secret)| **secret) {
            *value = mask(value);
        }
        list.row(&row.values)
    })
    .await?;
    list.finish()
}

/// Finds the row that `--id` or one of the lookup options names; of several the first, as the suite does.
///
/// # Errors
/// No option names a row, or there is no such row.
pub async fn pick(db: &mut Db, table: &'static Table, matches: &ArgMatches) -> Result<Row> {
    look_up(db, table, matches, Several::TakeFirst).await
}

/// As [`pick`], for what is to be changed.
///
/// # Errors
/// Several rows are named.
pub async fn pick_only(db: &mut Db, table: &'static Table, matches: &ArgMatches) -> Result<Row> {
    look_up(db, table, matches, Several::Refuse).await
}

/// As [`pick`], for what is to be deleted.
///
/// # Errors
/// Several rows are named, or two options name different ones.
pub async fn pick_to_delete(db: &mut Db, table: &'static Table, matches: &ArgMatches) -> Result<Row> {
    let row = pick_only(db, table, matches).await?;
    for column in table.columns.iter().filter(|column| column.lookup) {
        let Some(value) = args::value(matches, column.option).filter(|value| *value != sea_query::Value::from(""))
        else {
            continue;
        };
        // The database has found it by its own way to compare.
        let id = row.id("id")?;
        if db.count_where(table.sql, Expr::col("id").eq(id).and(Expr::col(column.name).eq(value))).await? == 0 {
            let message = format!("{} {id} is not the one that --{} names", table.label, column.option);
            return Err(Error::usage(message).hint("Name the row that is to go by one option"));
        }
    }
    Ok(row)
}

/// As [`pick`], for a `get`.
///
/// # Errors
/// There is no such row; the suite's programs tell it by the status.
pub async fn pick_to_show(db: &mut Db, table: &'static Table, matches: &ArgMatches) -> Result<Row> {
    pick(db, table, matches).await.map_err(Error::with_status_of_absence)
}

/// What is done where several rows have the value that is looked for.
#[derive(Clone, Copy)]
enum Several {
    TakeFirst,
    Refuse,
}

async fn look_up(db: &mut Db, table: &'static Table, matches: &ArgMatches, several: Several) -> Result<Row> {
    if let Some(id) = args::int(matches, "id") {
        return table.require(db, id).await;
    }
    let lookups = || table.columns.iter().filter(|column| column.lookup);
    for column in lookups() {
        // An empty text names nothing.
        let given = args::value(matches, column.option).filter(|value| *value != sea_query::Value::from(""));
        if let Some(value) = given {
            let shown = match &value {
                sea_query::Value::String(Some(text)) => format!("{text:?}"),
                other => format!("{other:?}"),
            };
            let given = match &value {
                sea_query::Value::String(text) => text.clone(),
                _ => None,
            };
            let found = match several {
                Several::Refuse => table.find_only(db, column.name, value).await?,
                Several::TakeFirst => table.find_by(db, column.name, value).await?,
            };
            return match (found, given) {
                (Some(row), _) => Ok(row),
                (None, Some(name)) => Err(table.unknown_name(db, column.name, &shown, &name).await),
                (None, None) => Err(table.unknown(column.name, &shown)),
            };
        }
    }
    let options: Vec<_> =
        std::iter::once("--id".to_owned()).chain(lookups().map(|c| format!("--{}", c.option))).collect();
    Err(Error::usage(format!("Missing {}", options.join(" or ")))
        .hint(format!("`multiflexi-cli {} list` shows what there is", table.noun)))
}

/// Shows one row.
///
/// # Errors
/// No option names a row, there is no such row, or `--fields` names a column that it does not have.
pub async fn get(ctx: &mut Context, table: &'static Table, matches: &ArgMatches) -> Result<Outcome> {
    let row = pick_to_show(ctx.brief_db().await?, table, matches).await?;
    record(table.show(&row), matches)
}

/// A record, narrowed to what `--fields` names.
///
/// # Errors
/// `--fields` names what the record does not have.
pub fn record(mut record: serde_json::Map<String, serde_json::Value>, matches: &ArgMatches) -> Result<Outcome> {
    let paging = Paging::fields_only(matches);
    if paging.names_fields() {
        let there: Vec<String> = record.keys().cloned().collect();
        let picked = paging.pick(&there)?;
        record = picked.into_iter().filter_map(|field| record.remove_entry(&field)).collect();
    }
    Ok(Outcome::Record(record))
}

/// Makes a row of the values that the options give.
///
/// # Errors
/// A secret is given as its mask, another row has what only one may have, or the database refuses the row: none is made then.
/// With `-v` also where the new row cannot be read.
pub async fn create(ctx: &mut Context, table: &'static Table, matches: &ArgMatches) -> Result<Outcome> {
    let values = args::created(matches, table)?;
    let now = now(ctx);
    let db = ctx.brief_db().await?;
    let id = db.transaction_looking_first(async |db| insert(db, table, values.clone(), now.clone()).await).await?;
    created(ctx, table, id).await
}

/// Refuses values that only one row may have and another has: a server's own words would name an index.
///
/// `row` is the one to be changed.
///
/// # Errors
/// Another row has one of the values, or what is the same to the database.
pub async fn require_free(db: &mut Db, table: &'static Table, values: &Values, row: Option<&Row>) -> Result<()> {
    for columns in table.columns.iter().map(|column| column.unique).filter(|columns| !columns.is_empty()) {
        let new = |column: &str| values.iter().find(|(name, _)| *name == column).map(|(_, value)| value.clone());
        if !columns.iter().any(|column| new(column).is_some()) {
            continue;
        }
        let mut select = select::from(table.sql)
            .column("id")
            .columns(columns.iter().map(|column| sea_query::Alias::new(*column)))
            .limit(1)
            .take();
        let mut wanted = Vec::new();
        for column in columns {
            let value = new(column).or_else(|| Some(row?.text(column)?.into()));
            // Rows without a value are never in each other's way.
            let Some(sea_query::Value::String(Some(text))) = value else { break };
            select.and_where(same_key(*column, text.clone()));
            wanted.push((*column, text));
        }
        if wanted.len() < columns.len() {
            continue;
        }
        if let Some(row) = row {
            select.and_where(Expr::col("id").ne(row.int("id")));
        }
        let Some(there) = db.fetch_optional(&select).await? else { continue };
        let id = there.id("id")?;
        let shown = wanted.iter().map(|(column, text)| {
            let is_secret = table.column(column).is_some_and(|column| column.secret);
            // To a server's unique key two texts may be the same that are not.
            let other = there.text(column).filter(|other| other != text && !is_secret);
            match other {
                _ if is_secret => format!("this {column}"),
                Some(other) => format!("{column} {other:?}, which to this database is the same as {text:?},"),
                None => format!("{column} {text:?}"),
            }
        });
        let message =
            format!("{} with {} exists already: its id is {id}", table.label, shown.collect::<Vec<_>>().join(" and "));
        let hint = format!("`multiflexi-cli {} get --id={id}` shows it", table.noun);
        return Err(Error::new(ErrorKind::Exists, message).hint(hint));
    }
    Ok(())
}

/// Refuses ids of rows that are not there.
async fn require_referred(db: &mut Db, table: &Table, values: &Values) -> Result<()> {
    for (name, value) in values {
        let Some(column) = table.column(name) else { continue };
        if let (Some(parent), sea_query::Value::BigInt(Some(id))) = (column.refers_to, value) {
            match column.lacks_key {
                true => parent.lock(db, *id).await?,
                false => parent.require(db, *id).await?,
            };
        }
    }
    Ok(())
}

/// Inserts a row; call inside a transaction.
///
/// # Errors
/// The values are refused, another row has what only one may have, or the database does not take the row: the transaction has
/// to be undone then.
pub async fn insert(db: &mut Db, table: &'static Table, mut values: Values, now: sea_query::Value) -> Result<i64> {
    (table.before_create)(&mut values)?;
    require_referred(db, table, &values).await?;
    require_free(db, table, &values, None).await?;
    values.extend(table.created.iter().map(|column| (*column, now.clone())));
    let id = db.insert_row(table.sql, values).await.map_err(|error| name_table(table, error))?;
    audit::changed(db, table.sql, id, Action::Create, now).await?;
    Ok(id)
}

/// What create answers: a sentence and the id, or with `-v` the whole record.
///
/// # Errors
/// With `-v` alone: the row cannot be read.
pub async fn created(ctx: &mut Context, table: &'static Table, id: i64) -> Result<Outcome> {
    if ctx.verbose > 0 {
        let row = table.require(ctx.db().await?, id).await?;
        return Ok(Outcome::Record(table.show(&row)));
    }
    let text = format!("{} created with ID: {id}", table.label);
    Ok(Outcome::message(text, json!({ table.id_key: id, "created": true })))
}

/// Changes the columns of a row that the options name.
///
/// # Errors
/// No new value is given, there is no such row, another row has what only one may have, or the database refuses the change: the
/// row stays as it was then.
pub async fn update(ctx: &mut Context, table: &'static Table, matches: &ArgMatches) -> Result<Outcome> {
    let nothing = async |_: &mut Db, _: i64, _: &Values| Ok(());
    update_then(ctx, table, matches, nothing, async |_, _| Ok(())).await.map(|(outcome, ())| outcome)
}

/// Changes a row as [`update`] does, with steps before and after the change in the same transaction.
///
/// `first` is given the row's id and the new values before anything is locked, and `then` the row as it was, once it is
/// changed. A server may undo all that, and then it is begun again.
///
/// # Errors
/// Same as [`update`]; or one of the two fails.
pub async fn update_then<T>(
    ctx: &mut Context,
    table: &'static Table,
    matches: &ArgMatches,
    first: impl AsyncFn(&mut Db, i64, &Values) -> Result<()>,
    then: impl AsyncFn(&mut Db, Row) -> Result<T>,
) -> Result<(Outcome, T)> {
    let id = args::given_id(matches)?;
    let values = args::updated(matches, table)?;
    if values.is_empty() && !args::keeps_secret(matches, table) {
        return Err(nothing_to_update(table, &[]));
    }
    let now = now(ctx);
    let changing = ctx.brief_db().await?.transaction(async |db| {
        first(db, id, &values).await?;
        let before = table.require(db, id).await?;
        change(db, table, id, values.clone(), now.clone()).await?;
        then(db, before).await
    });
    let result = changing.await?;
    Ok((updated(ctx, table, id).await?, result))
}

/// Changes the row that an option names; `check` may refuse, inside the transaction.
///
/// # Errors
/// No row is named, or several are; `check` refuses; else as of [`update`].
pub async fn update_by_lookup(
    ctx: &mut Context,
    table: &'static Table,
    matches: &ArgMatches,
    check: impl AsyncFn(&mut Db) -> Result<()>,
) -> Result<Outcome> {
    let now = now(ctx);
    // Secrets are read from where they are before anything is locked for them.
    let values = args::updated(matches, table)?;
    let changing = ctx.db().await?.transaction(async |db| {
        let (id, values) = target(db, table, matches, values.clone()).await?;
        if values.is_empty() {
            return Err(nothing_to_update(table, &[]));
        }
        check(db).await?;
        change(db, table, id, values, now.clone()).await?;
        Ok(id)
    });
    let id = changing.await?;
    updated(ctx, table, id).await
}

/// The id of the row that an update means, and those of the options' values that are new.
///
/// Without `--id` the first lookup option that is given names the row; all others are new values.
///
/// # Errors
/// No option names a row, there is no such row, or several are named.
pub async fn target(
    db: &mut Db,
    table: &'static Table,
    matches: &ArgMatches,
    mut values: Values,
) -> Result<(i64, Values)> {
    let row = pick_only(db, table, matches).await?;
    if args::int(matches, "id").is_none()
        && let Some(used) =
            table.columns.iter().find(|column| column.lookup && args::value(matches, column.option).is_some())
    {
        values.retain(|(name, _)| *name != used.name);
    }
    Ok((row.id("id")?, values))
}

/// What an update is told that names no new value; `more` are the options that it takes beside the table's.
pub fn nothing_to_update(table: &Table, more: &[&str]) -> Error {
    let own = table.columns.iter().filter(|column| column.update).map(|column| column.option);
    let options: Vec<_> = own.chain(more.iter().copied()).map(|option| format!("--{option}")).collect();
    Error::usage("No fields to update").hint(format!("It takes {}", options.join(", ")))
}

/// Changes a row; call inside a transaction.
///
/// # Errors
/// There is no such row.
pub async fn change(
    db: &mut Db,
    table: &'static Table,
    id: i64,
    mut values: Values,
    now: sea_query::Value,
) -> Result<()> {
    let row = table.require(db, id).await?;
    if values.is_empty() {
        return Ok(());
    }
    require_referred(db, table, &values).await?;
    require_free(db, table, &values, Some(&row)).await?;
    if let Some(column) = table.changed {
        values.push((column, now.clone()));
    }
    db.update_where(
        table.sql,
        Expr::col("id").eq(id),
        values.into_iter().map(|(name, value)| (name, Expr::val(value))),
    )
    .await
    .map_err(|error| name_table(table, error))?;
    audit::changed(db, table.sql, id, Action::Update, now).await
}

/// What update answers.
///
/// # Errors
/// With `-v` alone: the row cannot be read.
pub async fn updated(ctx: &mut Context, table: &'static Table, id: i64) -> Result<Outcome> {
    if ctx.verbose > 0 {
        let row = table.require(ctx.db().await?, id).await?;
        let mut record = table.show(&row);
        record.insert("updated".into(), true.into());
        record.insert(table.id_key.into(), id.to_string().into());
        return Ok(Outcome::Record(record));
    }
    Ok(Outcome::message(table.sentence("updated", id), changed("updated", table.id_key, id)))
}

/// Puts the table's own name where a driver's error knows none.
pub fn name_table(table: &Table, mut error: Error) -> Error {
    match error.kind {
        ErrorKind::Taken => error.message = format!("{} exists already", table.label),
        ErrorKind::Referred => {
            error.message =
                format!("{} is still used by something else, or refers to what does not exist", table.label);
        }
        _ => {}
    }
    error
}
