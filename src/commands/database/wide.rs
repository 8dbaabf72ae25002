//! Texts that a SQLite file holds and no server's column would: what a move to a server would meet.

use sea_query::{Alias, Cond, Expr, ExprTrait, Func, Order};

use super::check::Mismatch;
use crate::commands::{application, company, credential, credential_type, runtemplate, user};
use crate::count::counted;
use crate::db::expression::byte_length;
use crate::db::migrate::{self, Width};
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::shell::quote_word;
use crate::table::Table;
use crate::width::first_of;

/// Tables of a value each: which column says whose it is, and which what it is called; and the command that stores it anew.
const VALUES: [(&str, &str, &str, &str); 3] = [
    (tables::CREDATA, "credential_id", "name", "credential update --id={id} --field"),
    (tables::CONFIGURATION, "runtemplate_id", "name", "runtemplate update --id={id} --config"),
    (tables::COMPANYENV, "company_id", "keyword", "company env set --company_id={id} --env"),
];

/// The tables whose `update` stores a shorter text in a column.
static TABLES: [&Table; 6] = [
    &application::TABLE,
    &company::TABLE,
    &runtemplate::TABLE,
    &credential::TABLE,
    &credential_type::TABLE,
    &user::TABLE,
];

/// The texts that are wider than the columns that servers have for them, column by column.
///
/// # Errors
/// The database cannot be asked.
pub(super) async fn find(db: &mut Db) -> Result<Vec<Mismatch>> {
    let mut widths: Vec<Width> = migrate::text_widths().collect();
    widths.sort_by_key(|width| width.table);
    let mut found = Vec::new();
    for of_table in widths.chunk_by(|one, other| one.table == other.table) {
        let mut there = Vec::new();
        for width in of_table {
            if db.has_column(width.table, width.column).await? {
                there.push(width);
            }
        }
        found.append(&mut of_table_in(db, &there).await?);
    }
    Ok(found)
}

async fn of_table_in(db: &mut Db, widths: &[&Width]) -> Result<Vec<Mismatch>> {
    let Some(table) = widths.first().map(|width| width.table) else { return Ok(Vec::new()) };
    if !db.has_column(table, "id").await? {
        return Ok(Vec::new());
    }
    let mut select = select::from(table).column("id").order_by("id", Order::Asc).take();
    if let Some((_, owner, key, _)) = VALUES.iter().find(|it| it.0 == table) {
        select.expr_as(Expr::col(*owner), "wide_owner").expr_as(Expr::col(*key), "wide_key");
    }
    let mut any = Cond::any();
    for (at, width) in widths.iter().enumerate() {
        let length = match width.is_bytes {
            true => byte_length(width.column),
            false => Func::char_length(Expr::col(width.column)).into(),
        };
        let is_wide = length.gt(width.limit);
        select.expr_as(is_wide.clone(), Alias::new(format!("wide_{at}")));
        any = any.add(is_wide);
    }
    let mut rows: Vec<(usize, Vec<String>, String)> = Vec::new();
    db.for_each(&select.cond_where(any).take(), |row| {
        for (at, width) in widths.iter().enumerate().filter(|(at, _)| row.truth(&format!("wide_{at}"))) {
            let id = row.text("id").unwrap_or_default();
            match rows.iter_mut().find(|it| it.0 == at) {
                Some((_, ids, _)) => ids.push(id),
                None => rows.push((at, vec![id], remedy(width, &row))),
            }
        }
        Ok(())
    })
    .await?;
    Ok(rows.into_iter().map(|(at, ids, mend)| finding(widths[at], &ids, mend)).collect())
}

fn finding(width: &Width, ids: &[String], mend: String) -> Mismatch {
    const SHOWN: usize = 5;
    let Width { table, column, limit, .. } = width;
    let are = if ids.len() == 1 { "is" } else { "are" };
    Mismatch {
        kind: "width",
        table: (*table).to_owned(),
        column: (*column).to_owned(),
        rows: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        message: format!(
            "{} of {table}.{column} {are} wider than a server's column, which takes {limit} {} (id {}): SQLite holds this, and a copy to a \
             server would be refused",
            counted(ids.len() as u64, "texts"),
            unit(width),
            first_of(ids, SHOWN)
        ),
        mend,
    }
}

/// What the width of a column counts.
fn unit(width: &Width) -> &'static str {
    if width.is_bytes { "bytes" } else { "characters" }
}

/// The command that mends the row, or what else does.
fn remedy(width: &Width, row: &Row) -> String {
    let Width { table, column, limit, .. } = width;
    let id = row.text("id").unwrap_or_default();
    if let Some((.., command)) = VALUES.iter().find(|it| it.0 == *table && *column == "value")
        && let (Some(owner), Some(key)) = (row.filled("wide_owner"), row.filled("wide_key"))
    {
        let command = command.replace("{id}", &owner);
        return format!("`multiflexi-cli {command} {}` stores a shorter one", quote_word(&format!("{key}=VALUE")));
    }
    let noun = TABLES.iter().find(|it| it.sql == *table);
    let option = noun.and_then(|noun| noun.columns.iter().find(|it| it.name == *column && it.update));
    match (noun, option) {
        (Some(noun), Some(option)) => {
            format!("`multiflexi-cli {} update --id={id} --{}=VALUE` stores a shorter one", noun.noun, option.option)
        }
        _ => format!(
            "set {table}.{column} to a text of at most {limit} {}, or delete the row, where id = {id}",
            unit(width)
        ),
    }
}
