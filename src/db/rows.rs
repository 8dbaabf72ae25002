//! Writing rows as values of columns: plainly, or by a [`Writer`] where an older or newer schema may have the table otherwise
//! and what it has no column for is left out.

use std::collections::HashMap;

use sea_query::{Alias, Expr, ExprTrait, InsertStatement, Query, Value};

use crate::db::Db;
use crate::error::{Error, Kind, Result};

/// The values of one row by column.
pub type Values = Vec<(&'static str, Value)>;

impl Db {
    /// Inserts a row and tells its id; the table has to have one.
    pub async fn insert_row(&mut self, table: &'static str, values: Values) -> Result<i64> {
        self.insert(&mut insertion(table, values)?).await
    }

    /// Inserts a row of a table that need not have an id.
    pub async fn add_row(&mut self, table: &'static str, values: Values) -> Result<()> {
        self.execute(&insertion(table, values)?).await.map(drop)
    }

    /// Has the table this column?
    pub async fn has_column(&mut self, table: &str, column: &str) -> Result<bool> {
        Ok(self.columns(table).await?.iter().any(|name| name == column))
    }
}

fn insertion(table: &'static str, values: Values) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(table).columns(values.iter().map(|(name, _)| Alias::new(*name)));
    insert.values(values.into_iter().map(|(_, value)| Expr::val(value))).map_err(|cause| {
        Error::new(Kind::Internal, format!("a row of {table} is put together wrongly")).because(cause)
    })?;
    Ok(insert)
}

/// Writes rows, inside a transaction of its caller. It asks for the columns of each table once.
pub struct Writer<'a> {
    pub db: &'a mut Db,
    columns: HashMap<&'static str, Vec<String>>,
}

impl<'a> Writer<'a> {
    pub fn new(db: &'a mut Db) -> Self {
        Writer { db, columns: HashMap::new() }
    }

    async fn columns(&mut self, table: &'static str) -> Result<&[String]> {
        if !self.columns.contains_key(table) {
            let columns = self.db.columns(table).await?;
            self.columns.insert(table, columns);
        }
        Ok(self.columns.get(table).map_or(&[], Vec::as_slice))
    }

    /// Is there such a table?
    pub async fn has(&mut self, table: &'static str) -> Result<bool> {
        Ok(!self.columns(table).await?.is_empty())
    }

    async fn known(&mut self, table: &'static str, values: Values) -> Result<Values> {
        let columns = self.columns(table).await?;
        Ok(values.into_iter().filter(|(name, _)| columns.iter().any(|column| column == name)).collect())
    }

    /// Inserts a row and tells its id; the table has to have one.
    pub async fn insert(&mut self, table: &'static str, values: Values) -> Result<i64> {
        let values = self.known(table, values).await?;
        self.db.insert_row(table, values).await
    }

    /// Inserts a row of a table that need not have an id.
    pub async fn add(&mut self, table: &'static str, values: Values) -> Result<()> {
        let values = self.known(table, values).await?;
        self.db.add_row(table, values).await
    }

    /// Changes the row whose `key` is this.
    pub async fn update(&mut self, table: &'static str, key: &'static str, id: i64, values: Values) -> Result<()> {
        let values = self.known(table, values).await?;
        let mut update = Query::update();
        update.table(table).values(values.into_iter().map(|(name, value)| (Alias::new(name), Expr::val(value))));
        update.and_where(Expr::col(key).eq(id));
        self.db.execute(&update).await.map(drop)
    }

    /// Deletes the rows of `table` that belong to `id` by their column `key`; first those of `child`, a table and its
    /// column, that belong to them. Suite databases without foreign keys would keep those for ever.
    pub async fn clear(
        &mut self,
        table: &'static str,
        key: &'static str,
        id: i64,
        child: Option<(&'static str, &'static str)>,
    ) -> Result<()> {
        if let Some((child, column)) = child
            && self.has(child).await?
        {
            let mut owners = Query::select();
            owners.column("id").from(table).and_where(Expr::col(key).eq(id));
            let mut delete = Query::delete();
            delete.from_table(child).and_where(Expr::col(column).in_subquery(owners));
            self.db.execute(&delete).await?;
        }
        let mut delete = Query::delete();
        delete.from_table(table).and_where(Expr::col(key).eq(id));
        self.db.execute(&delete).await.map(drop)
    }
}

/// JSON as text for a column, or NULL.
pub fn json(value: Option<&serde_json::Value>) -> Value {
    value.map(serde_json::Value::to_string).into()
}
