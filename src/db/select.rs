//! The statements that every part needs on one table: its rows, how many there are, whether there is one, changing and deleting them.
//! What joins tables starts from [`from`] or [`columns`].

use sea_query::{
    Alias, Asterisk, Expr, ExprTrait, InsertStatement, IntoColumnRef, IntoCondition, IntoIden, IntoTableRef, Query,
    SelectStatement,
};

use crate::db::expression::row_count;
use crate::db::{Db, Row, internal};
use crate::error::Result;

/// For so many rows is asked at once where each is named: servers take a limited number of parameters in one statement.
pub const AT_ONCE: usize = 500;

/// A SELECT from `table` that has no columns yet.
pub fn from(table: impl IntoTableRef) -> SelectStatement {
    Query::select().from(table).take()
}

/// A SELECT without columns yet from `table`, which is called `alias` in it.
pub fn from_as(table: impl IntoTableRef, alias: &'static str) -> SelectStatement {
    Query::select().from_as(table, alias).take()
}

/// A SELECT from what another one answers with, which has no columns yet.
pub fn from_query(query: SelectStatement, alias: &'static str) -> SelectStatement {
    Query::select().from_subquery(query, alias).take()
}

/// A SELECT of these columns of `table`.
pub fn columns<C: IntoColumnRef>(table: impl IntoTableRef, columns: impl IntoIterator<Item = C>) -> SelectStatement {
    from(table).columns(columns).take()
}

/// A SELECT of the whole rows of `table` that fulfil `condition`.
pub fn rows(table: impl IntoTableRef, condition: impl IntoCondition) -> SelectStatement {
    from(table).column(Asterisk).cond_where(condition).take()
}

/// A SELECT of one column of the rows of `table` that fulfil `condition`: as a subquery, too.
pub fn column(table: impl IntoTableRef, column: &'static str, condition: impl IntoCondition) -> SelectStatement {
    columns(table, [column]).cond_where(condition).take()
}

/// An INSERT into these columns of `table` of what a SELECT answers with.
///
/// # Errors
/// They are not as many as the SELECT's: a fault of the program.
pub fn into<C: IntoIden>(
    table: impl IntoTableRef,
    columns: impl IntoIterator<Item = C>,
    select: SelectStatement,
) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns);
    insert.select_from(select).map_err(internal)?;
    Ok(insert)
}

impl Db {
    /// What a SELECT answers with for the rows whose `column` is one of these ids, however many they are.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn fetch_for<I>(
        &mut self,
        select: &SelectStatement,
        column: impl IntoColumnRef + Copy,
        ids: &[I],
    ) -> Result<Vec<Row>>
    where
        I: Copy + Into<Expr>,
    {
        let mut rows = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let mut select = select.clone();
            select.and_where(Expr::col(column).is_in(ids.iter().copied()));
            rows.extend(self.fetch_all(&select).await?);
        }
        Ok(rows)
    }

    /// The ids that a SELECT of one column answers with; NULL is none.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn fetch_ids<I: From<i64>>(&mut self, select: &SelectStatement) -> Result<Vec<I>> {
        Ok(self.fetch_all(select).await?.iter().filter_map(Row::first_int).map(I::from).collect())
    }

    /// How many rows of `table` fulfil `condition`?
    ///
    /// # Errors
    /// The database cannot be asked, or lacks the table.
    pub async fn count_where(&mut self, table: impl IntoTableRef, condition: impl IntoCondition) -> Result<u64> {
        let select = from(table).expr(row_count()).cond_where(condition).take();
        self.count(&select).await
    }

    /// Changes the rows of `table` that fulfil `condition` and tells how many these were.
    ///
    /// # Errors
    /// The database cannot be asked, or refuses the change.
    pub async fn update_where(
        &mut self,
        table: impl IntoTableRef,
        condition: impl IntoCondition,
        values: impl IntoIterator<Item = (&'static str, Expr)>,
    ) -> Result<u64> {
        let mut update = Query::update();
        update.table(table).values(values.into_iter().map(|(name, value)| (Alias::new(name), value)));
        self.execute(update.cond_where(condition)).await
    }

    /// Deletes the rows of `table` that fulfil `condition` and tells how many these were.
    ///
    /// # Errors
    /// The database cannot be asked, or refuses it.
    pub async fn delete_where(&mut self, table: impl IntoTableRef, condition: impl IntoCondition) -> Result<u64> {
        let mut delete = Query::delete();
        self.execute(delete.from_table(table).cond_where(condition)).await
    }
}

/// A condition that every row fulfils.
pub fn all() -> sea_query::Cond {
    sea_query::Cond::all()
}
