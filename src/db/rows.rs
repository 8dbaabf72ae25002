//! Writing rows as values of columns: plainly, or by a [`Writer`] where an older or newer schema may have the table otherwise
//! and what it has no column for is left out.

use sea_query::{Alias, Expr, ExprTrait, InsertStatement, OnConflict, Query, Value};

use crate::db::{Db, Sql, same_key};
use crate::error::{Error, Kind, Result};

/// The values of one row by column.
pub type Values = Vec<(&'static str, Value)>;

impl Db {
    /// Inserts a row and tells its id; the table has to have one.
    ///
    /// # Errors
    /// The database does not take the row. That another one has what only one may have is [`Kind::Taken`]; where the texts differ
    /// and only the server takes them for the same, the words say so.
    pub async fn insert_row(&mut self, table: &'static str, values: Values) -> Result<i64> {
        let mut statement = insertion(table, values.clone())?;
        match self.insert(&mut statement).await {
            Err(error) => Err(self.told_apart(table, &values, error).await),
            done => done,
        }
    }

    /// Inserts a row of a table that need not have an id.
    ///
    /// # Errors
    /// Same as [`insert_row`](Db::insert_row).
    pub async fn add_row(&mut self, table: &'static str, values: Values) -> Result<()> {
        match self.execute(&insertion(table, values.clone())?).await {
            Err(error) => Err(self.told_apart(table, &values, error).await),
            Ok(_) => Ok(()),
        }
    }

    /// Inserts a row of a table whose ids are `id`, unless another one has what only one may have.
    ///
    /// Which of the two is so is not told: not every server can, and a caller that wants to know the row looks for it. A transaction
    /// goes on after that on each server.
    ///
    /// # Errors
    /// The database does not take the row for another reason.
    pub async fn add_row_unless_taken(&mut self, table: &'static str, values: Values) -> Result<()> {
        let mut insert = insertion(table, values)?;
        self.execute(insert.on_conflict(OnConflict::new().do_nothing_on(["id"]).to_owned())).await.map(drop)
    }

    /// Lets one of several at a time look whether a name is free and take it; call first in the transaction that does so.
    ///
    /// For tables that have no key on it: of two at once both would find it free.
    ///
    /// # Errors
    /// The database cannot be asked, or somebody else takes too long.
    pub async fn take_turns_at_names(&mut self) -> Result<()> {
        let Some(sql) = self.dialect.lock_names() else { return Ok(()) };
        match self.number(&Sql(sql)).await? {
            1 => Ok(()),
            _ => Err(Error::new(Kind::Database, "another process has been giving names in the database for a minute")
                .hint("Try it again once that has ended; the server's list of processes shows who works there")),
        }
    }

    /// Explains an error where the server takes texts of two rows for the same in a unique column, though they differ.
    async fn told_apart(&mut self, table: &'static str, values: &Values, error: Error) -> Error {
        let Some(select) = self.dialect.unique_keys_of(table).filter(|_| error.kind == Kind::Taken) else {
            return error;
        };
        let Ok(keys) = self.fetch_all(&select).await else { return error };
        for key in keys.chunk_by(|a, b| a.get("key_name") == b.get("key_name")) {
            let columns = key.iter().filter_map(|row| row.text("name"));
            let given = |column: String| values.iter().find(|(name, _)| *name == column);
            let Some(given) = columns.map(given).collect::<Option<Vec<_>>>() else { continue };
            let mut select = Query::select();
            select.columns(given.iter().map(|(name, _)| Alias::new(*name))).from(table).limit(1);
            for (name, value) in &given {
                select.and_where(same_key(Alias::new(*name), value.clone()));
            }
            let Ok(Some(row)) = self.fetch_optional(&select).await else { continue };
            let differs = given.iter().find_map(|(name, value)| match value {
                Value::String(Some(ours)) => {
                    row.text(name).filter(|theirs| theirs != ours).map(|theirs| (name, ours, theirs))
                }
                _ => None,
            });
            if let Some((name, ours, theirs)) = differs {
                return Error::refused(format!(
                    "{ours:?} cannot stand beside {theirs:?} in {table}.{name}: to this database they are the same"
                ))
                .hint("Its unique key compares without case and accents; take a name that differs in more");
            }
        }
        error
    }

    /// Is there such a table?
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn has_table(&mut self, table: &str) -> Result<bool> {
        Ok(!self.columns(table).await?.is_empty())
    }

    /// Has the table this column?
    ///
    /// # Errors
    /// The database cannot be asked. Where there is no such table, it has no such column.
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

/// Writes rows, inside a transaction of its caller.
pub struct Writer<'a> {
    pub db: &'a mut Db,
}

impl<'a> Writer<'a> {
    /// Writes by this connection, in the transaction that its caller has begun.
    pub fn new(db: &'a mut Db) -> Self {
        Writer { db }
    }

    /// Is there such a table?
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn has(&mut self, table: &'static str) -> Result<bool> {
        self.db.has_table(table).await
    }

    async fn without_unknown(&mut self, table: &'static str, values: Values) -> Result<Values> {
        let columns = self.db.columns(table).await?;
        Ok(values.into_iter().filter(|(name, _)| columns.iter().any(|column| column == name)).collect())
    }

    /// Inserts a row and tells its id; the table has to have one.
    ///
    /// # Errors
    /// The database cannot be asked for the table's columns, or as of [`Db::insert_row`].
    pub async fn insert(&mut self, table: &'static str, values: Values) -> Result<i64> {
        let values = self.without_unknown(table, values).await?;
        self.db.insert_row(table, values).await
    }

    /// Inserts a row of a table that need not have an id.
    ///
    /// # Errors
    /// The database cannot be asked for the table's columns, or as of [`Db::insert_row`].
    pub async fn add(&mut self, table: &'static str, values: Values) -> Result<()> {
        let values = self.without_unknown(table, values).await?;
        self.db.add_row(table, values).await
    }

    /// Puts these rows in the place of those whose column `key` is `id`; nothing is done where there is no such table.
    ///
    /// # Errors
    /// As of [`Writer::clear`] and [`Writer::add`].
    pub async fn replace(
        &mut self,
        table: &'static str,
        key: &'static str,
        id: i64,
        rows: impl Iterator<Item = Values>,
    ) -> Result<()> {
        if !self.has(table).await? {
            return Ok(());
        }
        self.clear(table, key, id, None).await?;
        for mut row in rows {
            row.push((key, id.into()));
            self.add(table, row).await?;
        }
        Ok(())
    }

    /// Changes the row whose `key` is this.
    ///
    /// # Errors
    /// The database cannot be asked for the table's columns, has none of those in `values`, or does not take the change.
    pub async fn update(&mut self, table: &'static str, key: &'static str, id: i64, values: Values) -> Result<()> {
        let values = self.without_unknown(table, values).await?;
        let mut update = Query::update();
        update.table(table).values(values.into_iter().map(|(name, value)| (Alias::new(name), Expr::val(value))));
        update.and_where(Expr::col(key).eq(id));
        self.db.execute(&update).await.map(drop)
    }

    /// Deletes the rows of `table` whose column `key` is `id`.
    ///
    /// First those of `child`, a table and its column, that belong to them. Suite databases without foreign keys would keep
    /// those for ever.
    ///
    /// # Errors
    /// The database does not take it, or has no such table; rows of `child` may be deleted by then.
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
