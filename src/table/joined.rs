//! Listings of queries that join tables: narrowed, ordered and cut as those of one table.

use sea_query::{Alias, Query, SelectStatement};

use crate::db::{Db, Row};
use crate::error::Result;
use crate::output::{Format, Outcome, Printer};
use crate::table::paging::{Columns, Paging};

/// A query whose answer has these columns.
pub struct Joined<'a> {
    pub query: SelectStatement,
    pub columns: Columns<'a>,
    /// What people see when they name no fields; nothing here means all.
    pub listing: &'a [&'a str],
}

impl<'a> Joined<'a> {
    /// A query whose answer has these columns, of which people see all; none of them holds secrets.
    pub fn new(query: SelectStatement, columns: &[&str]) -> Joined<'a> {
        let all = columns.iter().map(|name| (*name).to_owned()).collect();
        Joined { query, columns: Columns { all, secret: &[] }, listing: &[] }
    }
}

/// Lists the answer row by row; `change` may change a row before it is shown.
///
/// # Errors
/// The database cannot be asked, `--fields` or the order names a column that is not there, the order one of secrets, or stdout
/// cannot be written.
pub async fn stream(
    db: &mut Db,
    printer: &Printer,
    joined: Joined<'_>,
    paging: &Paging,
    mut change: impl FnMut(&mut Row),
) -> Result<Outcome> {
    let mut fields = paging.pick(&joined.columns.all)?;
    if !paging.names_fields() && printer.format == Format::Text && !joined.listing.is_empty() {
        fields.retain(|field| joined.listing.contains(&field.as_str()));
    }
    let mut select = Query::select();
    // Around the query, so that a name means the answer's column and not one of several tables.
    select.from_subquery(joined.query, "listed").columns(fields.iter().map(Alias::new));
    paging.apply(&mut select, &joined.columns, db.dialect)?;
    let mut list = printer.list(fields);
    db.for_each(&select, |mut row| {
        change(&mut row);
        list.row(&row.values)
    })
    .await?;
    list.finish()
}
