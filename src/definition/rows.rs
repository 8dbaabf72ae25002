//! Writing rows of tables that an older or newer schema may have otherwise: what a table has no column for is left out.

use std::collections::HashMap;

use sea_query::{Alias, Expr, ExprTrait, Query, Value};

use crate::db::Db;
use crate::error::{Error, Kind, Result};

/// The values of one row by column.
pub(super) type Values = Vec<(&'static str, Value)>;

/// Writes rows, inside a transaction of its caller.
pub(super) struct Writer<'a> {
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
        let mut insert = self.insertion(table, values).await?;
        self.db.insert(&mut insert).await
    }

    /// Inserts a row of a table that need not have an id.
    pub async fn add(&mut self, table: &'static str, values: Values) -> Result<()> {
        let insert = self.insertion(table, values).await?;
        self.db.execute(&insert).await.map(drop)
    }

    async fn insertion(&mut self, table: &'static str, values: Values) -> Result<sea_query::InsertStatement> {
        let values = self.known(table, values).await?;
        let mut insert = Query::insert();
        insert.into_table(table).columns(values.iter().map(|(name, _)| Alias::new(*name)));
        insert.values(values.into_iter().map(|(_, value)| Expr::val(value))).map_err(|cause| {
            Error::new(Kind::Internal, format!("a row of {table} is put together wrongly")).because(cause)
        })?;
        Ok(insert)
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
pub(super) fn json(value: Option<&serde_json::Value>) -> Value {
    value.map(serde_json::Value::to_string).into()
}
