//! What the database at hand has: its tables, columns and indexes. Each is asked for once a connection.

use std::rc::Rc;

use super::{Db, Sql, errors};
use crate::error::Result;

impl Db {
    /// The names of all tables.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        let rows = self.fetch_all(&Sql(&self.dialect.tables())).await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    /// The columns of a table as the server has it, empty where there is no such table. Asked once a table and connection.
    ///
    /// # Errors
    /// The database cannot be asked. That there is no such table is no error here: see [`Db::require_columns`].
    pub async fn columns(&mut self, table: &str) -> Result<Rc<[String]>> {
        if let Some(columns) = self.columns.get(table) {
            return Ok(columns.clone());
        }
        let rows = self.fetch_all(&self.dialect.columns_of(table)).await?;
        let columns: Rc<[String]> = rows.iter().filter_map(|row| row.text("name")).collect();
        self.columns.insert(table.to_owned(), columns.clone());
        Ok(columns)
    }

    /// Asks for the columns of all tables, for who wants to know many.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn learn_columns(&mut self) -> Result<()> {
        let rows = self.fetch_all(&Sql(&self.dialect.all_columns())).await?;
        self.columns.clear();
        self.indexes = None;
        for of_table in rows.chunk_by(|a, b| a.get("table_name") == b.get("table_name")) {
            let table = of_table.first().and_then(|row| row.text("table_name")).unwrap_or_default();
            self.columns.insert(table, of_table.iter().filter_map(|row| row.text("name")).collect());
        }
        Ok(())
    }

    /// The columns of a table that has to be there.
    ///
    /// # Errors
    /// The database lacks the table.
    pub async fn require_columns(&mut self, table: &str) -> Result<Rc<[String]>> {
        let columns = self.columns(table).await?;
        if columns.is_empty() { Err(self.explained(errors::lacks_a_table()).await) } else { Ok(columns) }
    }

    /// Has the table an index of this name? All are asked for at once, and once a connection.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn has_index(&mut self, table: &str, index: &str) -> Result<bool> {
        let indexes = match self.indexes.take() {
            Some(indexes) => indexes,
            None => {
                let rows = self.fetch_all(&self.dialect.indexes()).await?;
                rows.iter().filter_map(|row| Some((row.text("table_name")?, row.text("name")?))).collect()
            }
        };
        Ok(self.indexes.insert(indexes).contains(&(table.to_owned(), index.to_owned())))
    }

    /// Runs a statement that changes the schema, or how the connection works.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn control(&mut self, sql: &str) -> Result<()> {
        self.columns.clear();
        self.indexes = None;
        self.raw(sql).await
    }
}
