//! A table noun is data: its columns with kind, option, help and default. The verbs are written once over it.

pub mod args;
pub mod crud;
pub mod deletion;
pub mod given;
pub mod joined;
pub mod kind;
pub mod paging;

use sea_query::{Expr, ExprTrait};

pub use crate::db::rows::Values;
pub use kind::Kind;

use crate::context::Context;
use crate::db::{Db, Row, Value, select};
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::width::shortened;

/// A column that commands can set or look for.
pub struct Column {
    /// As SQL names it.
    pub name: &'static str,
    /// The option's long name, where it is not the column's.
    pub option: &'static str,
    /// What programs of the suite call the option as well.
    pub also: &'static [&'static str],
    pub kind: Kind,
    /// Its first paragraph is one line, for the screen of `-h`.
    pub help: &'static str,
    /// Must be given at create.
    pub required: bool,
    /// Never shown.
    pub secret: bool,
    /// `get` finds by it.
    pub lookup: bool,
    /// `list` filters by it.
    pub filter: bool,
    /// `get` shows it as true or false, as the suite does for some.
    pub as_bool: bool,
    /// Can be set by create and by update.
    pub create: bool,
    pub update: bool,
    /// What create stores when the option is not given.
    pub default: Option<&'static str>,
    /// No two rows have the same values in all of these columns.
    pub unique: &'static [&'static str],
    /// It holds the id of a row of this table, which has to be there.
    pub refers_to: Option<&'static Table>,
    /// The suite's schema has no foreign key that would keep that row.
    pub lacks_key: bool,
    /// Few need its option: the screen of `-h` leaves it out.
    pub rare: bool,
    /// Its option may stand without a value, as in the suite: then it is as if it were not there.
    pub may_lack_value: bool,
}

impl Column {
    /// A column that create and update can set, by an option of the column's own name.
    pub const fn new(name: &'static str, kind: Kind, help: &'static str) -> Column {
        Column {
            name,
            option: name,
            also: &[],
            kind,
            help,
            required: false,
            secret: false,
            lookup: false,
            filter: false,
            as_bool: false,
            create: true,
            update: true,
            default: None,
            unique: &[],
            refers_to: None,
            lacks_key: false,
            rare: false,
            may_lack_value: false,
        }
    }
    /// Leaves its option out of the screen of `-h`: few need it.
    pub const fn rare(self) -> Self {
        Column { rare: true, ..self }
    }
    /// Lets its option stand without a value.
    pub const fn may_lack_value(self) -> Self {
        Column { may_lack_value: true, ..self }
    }
    /// Has it hold the id of a row of this table: create and update refuse an id of none.
    pub const fn refers_to(self, table: &'static Table) -> Self {
        Column { refers_to: Some(table), ..self }
    }
    /// Says that the suite's schema has no foreign key for it: who writes it locks the row that it refers to.
    pub const fn lacking_key(self) -> Self {
        Column { lacks_key: true, ..self }
    }
    /// Gives its option another name.
    pub const fn option(self, option: &'static str) -> Self {
        Column { option, ..self }
    }
    /// Lets its option go by these names too.
    pub const fn also(self, names: &'static [&'static str]) -> Self {
        Column { also: names, ..self }
    }
    /// Requires a value at create, unless it has a default.
    pub const fn required(self) -> Self {
        Column { required: true, ..self }
    }
    /// Has its values shown masked.
    pub const fn secret(self) -> Self {
        Column { secret: true, ..self }
    }
    /// Lets `get` find a row by it.
    pub const fn lookup(self) -> Self {
        Column { lookup: true, ..self }
    }
    /// Lets `list` filter by it.
    pub const fn filter(self) -> Self {
        Column { filter: true, ..self }
    }
    /// Has `get` show it as true or false.
    pub const fn shown_as_bool(self) -> Self {
        Column { as_bool: true, ..self }
    }
    /// Has create store this value when the option is not given.
    pub const fn default(self, value: &'static str) -> Self {
        Column { default: Some(value), ..self }
    }
    /// Says that no two rows may have the same values in all of these columns.
    pub const fn unique(self, columns: &'static [&'static str]) -> Self {
        Column { unique: columns, ..self }
    }
    /// Lets update alone set it, and create not.
    pub const fn only_update(self) -> Self {
        Column { create: false, ..self }
    }
    /// Shown and found, but not set by an option.
    pub const fn only_read(self) -> Self {
        Column { create: false, update: false, ..self }
    }
}

/// What keeps a row from being deleted as long as it refers to it. What goes with the row stands in `db::references`.
pub struct Dependent {
    pub table: &'static str,
    /// The column that refers to the row's id.
    pub column: &'static str,
    /// How sentences name such rows: `runtemplates`.
    pub plural: &'static str,
    /// What frees the row of them; None: they are to be deleted.
    pub freeing: Option<Freeing>,
}

impl Dependent {
    /// Rows that refer to one by this column.
    pub const fn new(table: &'static str, column: &'static str, plural: &'static str) -> Dependent {
        Dependent { table, column, plural, freeing: None }
    }

    /// From which a command frees the row of the id that it is given first, and second of what this column has.
    pub const fn freed_by(self, owner: &'static str, command: fn(i64, i64) -> String) -> Dependent {
        Dependent { freeing: Some(Freeing { owner, command }), ..self }
    }
}

/// How a row is freed of what refers to it.
pub struct Freeing {
    /// The column that says whose the row is that refers.
    pub owner: &'static str,
    /// The command, without the program's name.
    pub command: fn(i64, i64) -> String,
}

/// By which columns people call a row, the first that has it wins. Two companies may have one name, and no two one slug.
const NAMES: &[&str] = &["slug", "code", "login", "name", "email", "uuid", "executable", "ic"];

/// Those of them that nobody makes up: one that is alike is another one.
const GENERATED: &[&str] = &["uuid", "ic"];

/// The form of the sentence that tells what was done to a row: scripts read the suite's.
#[derive(Clone, Copy)]
pub enum Wording {
    /// `Company updated: ID=3`
    Id,
    /// `Application updated successfully (ID: 3)`
    Success,
}

/// A table that commands work on.
pub struct Table {
    pub sql: &'static str,
    /// As the command line names it: `company`.
    pub noun: &'static str,
    /// As sentences name a row: `Company`.
    pub label: &'static str,
    /// How it is told what was done to a row.
    pub wording: Wording,
    /// As JSON names its id: `company_id`.
    pub id_key: &'static str,
    pub columns: &'static [Column],
    /// What a listing shows to people when they name no fields; nothing here means all there is.
    pub listing: &'static [&'static str],
    /// Columns that get the time when a row is made: where none is given the database would put its own, which is of another zone.
    pub created: &'static [&'static str],
    /// The column that holds the time of the last change.
    pub changed: Option<&'static str>,
    pub dependents: &'static [Dependent],
    /// Derives what was not given from what was, or refuses; runs inside the transaction.
    pub before_create: fn(&mut Values) -> Result<()>,
}

impl Table {
    /// What holds where a table says nothing else.
    pub const DEFAULT: Table = Table {
        sql: "",
        noun: "",
        label: "",
        wording: Wording::Success,
        id_key: "id",
        columns: &[],
        listing: &[],
        created: &[],
        changed: None,
        dependents: &[],
        before_create: |_| Ok(()),
    };
}

/// The value given for a column, if it was given and is a text.
pub fn text_of<'v>(values: &'v Values, column: &str) -> Option<&'v str> {
    values.iter().find(|(name, _)| *name == column).and_then(|(_, value)| match value {
        sea_query::Value::String(Some(text)) => Some(text.as_str()),
        _ => None,
    })
}

impl Table {
    /// The sentence that tells what was done to a row: `done` is `updated`, `deleted` or `removed`.
    pub fn sentence(&self, done: &str, id: i64) -> String {
        match self.wording {
            Wording::Id => format!("{} {done}: ID={id}", self.label),
            Wording::Success => format!("{} {done} successfully (ID: {id})", self.label),
        }
    }

    /// The names of the columns that hold secrets.
    pub fn secrets(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|column| column.secret).map(|column| column.name).collect()
    }

    /// The column of this name in SQL; None for one that commands neither set nor look for.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The row with this id.
    ///
    /// # Errors
    /// There is no such row.
    pub async fn require(&self, db: &mut Db, id: impl Into<i64>) -> Result<Row> {
        let id: i64 = id.into();
        db.find(self.sql, id).await?.ok_or_else(|| self.unknown("id", &id.to_string()))
    }

    /// The row with this id, [locked](Db::lock_row) until the transaction ends: nobody deletes it before that.
    ///
    /// # Errors
    /// There is no such row, or no more once nobody else keeps it; or somebody keeps it for too long.
    pub async fn lock(&self, db: &mut Db, id: i64) -> Result<Row> {
        db.lock_row(self.sql, id).await?.ok_or_else(|| self.unknown("id", &id.to_string()))
    }

    /// The only row of which a column has this value, which is shown so in the error.
    ///
    /// # Errors
    /// There is no such row, or there are several.
    pub async fn require_only(&self, db: &mut Db, column: &'static str, value: &str, shown: &str) -> Result<Row> {
        match self.find_only(db, column, value).await? {
            Some(row) => Ok(row),
            None => Err(self.unknown_name(db, column, shown, value).await),
        }
    }

    /// The row of which a column has this value; the first, where several have it.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn find_by(&self, db: &mut Db, column: &'static str, value: sea_query::Value) -> Result<Option<Row>> {
        let mut select = select::rows(self.sql, Expr::col(column).eq(value)).limit(1).take();
        db.fetch_optional(select.order_by("id", sea_query::Order::Asc)).await
    }

    /// The only row of which a column has this value: what is to be changed or run has to be named without doubt.
    ///
    /// # Errors
    /// Several have it.
    pub async fn find_only(
        &self,
        db: &mut Db,
        column: &'static str,
        value: impl Into<sea_query::Value>,
    ) -> Result<Option<Row>> {
        let mut select = select::rows(self.sql, Expr::col(column).eq(value.into())).limit(10).take();
        let mut rows = db.fetch_all(select.order_by("id", sea_query::Order::Asc)).await?;
        if rows.len() > 1 {
            let ids: Vec<_> = rows.iter().filter_map(|row| row.text("id")).collect();
            let shared = rows[0].text(column).unwrap_or_default();
            let message = format!("several have the {column} {shared:?}: {} {}", self.label, ids.join(", "));
            return Err(Error::refused(message).hint("Name the one you mean by its id"));
        }
        Ok(rows.pop())
    }

    /// The columns by which people call a row of this table.
    pub fn names(&self) -> Vec<&'static Column> {
        NAMES.iter().filter_map(|name| self.column(name)).collect()
    }

    /// The row that a word names, by what people call it or by its id; None where it names nothing.
    ///
    /// `given` is how the word stands in the command line, `id_option` what takes an id and nothing else.
    ///
    /// # Errors
    /// It names several rows: what is to be changed or run has to be named without doubt.
    pub async fn find_named(&self, db: &mut Db, word: &str, given: &str, id_option: &str) -> Result<Option<Row>> {
        let by_name = self.find_by_name(db, word).await?;
        let by_id = match word.parse::<i64>() {
            Ok(id) => db.find(self.sql, id).await?,
            Err(_) => None,
        };
        match (by_name, by_id) {
            (Some((column, named)), Some(row)) if named.int("id") != row.int("id") => {
                let ids = [named, row].map(|row| row.text("id").unwrap_or_default());
                Err(self.ambiguous(given, column, ids).hint(format!("Name the one you mean by {id_option}")))
            }
            (Some((_, row)), _) | (None, Some(row)) => Ok(Some(row)),
            (None, None) => Ok(None),
        }
    }

    /// That a word is a name of one row and the id of another.
    pub fn ambiguous(&self, given: &str, column: &str, [named, id]: [String; 2]) -> Error {
        let noun = self.noun;
        Error::refused(format!("{given} may mean the {noun} {named}, whose {column} it is, or {id}, whose id it is"))
    }

    /// The row that has this word in the first of the columns of [`names`](Table::names) in which any has it.
    async fn find_by_name(&self, db: &mut Db, word: &str) -> Result<Option<(&'static str, Row)>> {
        if word.trim().is_empty() {
            return Ok(None);
        }
        // A schema of the suite may be older.
        let there = db.columns(self.sql).await?;
        for column in self.names().into_iter().filter(|column| there.iter().any(|name| name == column.name)) {
            if let Some(row) = self.find_only(db, column.name, word).await? {
                return Ok(Some((column.name, row)));
            }
        }
        Ok(None)
    }

    /// The error of a row that was looked for and is not there: by `what`, for instance its id, and that `value`.
    pub fn unknown(&self, what: &str, value: &str) -> Error {
        // Nobody reads more of a value that names nothing.
        const SHOWN: usize = 60;
        let shown = shortened(value, SHOWN);
        Error::not_found(format!("{} with {what} {shown} not found", self.label))
            .hint(format!("`multiflexi-cli {} list` shows what there is", self.noun))
    }

    /// As [`unknown`](Table::unknown), of a row that was looked for by a name: says which name of a row is alike, if one is.
    pub async fn unknown_name(&self, db: &mut Db, what: &str, value: &str, name: &str) -> Error {
        let error = self.unknown(what, value);
        // That it is not there is the answer, whether or not the database can say more.
        match self.nearest_name(db, name).await {
            Ok(Some(alike)) => {
                let hint = error.hint.clone().unwrap_or_default();
                error.hint(format!("Did you mean {alike:?}? {hint}"))
            }
            Ok(None) | Err(_) => error,
        }
    }

    /// The name of a row that is most like this one, among the newest rows.
    async fn nearest_name(&self, db: &mut Db, name: &str) -> Result<Option<String>> {
        const LOOKED_AT: u64 = 10_000;
        // A number is an id, and those that are near are other rows.
        if name.parse::<i64>().is_ok() {
            return Ok(None);
        }
        let there = db.columns(self.sql).await?;
        let columns = self.names().into_iter().map(|column| column.name);
        let typed = columns.filter(|column| !GENERATED.contains(column) && there.iter().any(|name| name == column));
        let mut names: Vec<String> = Vec::new();
        for column in typed {
            let mut select = select::columns(self.sql, [column]).limit(LOOKED_AT).take();
            let rows = db.fetch_all(select.order_by("id", sea_query::Order::Desc)).await?;
            names.extend(rows.iter().filter_map(|row| row.filled(column)));
        }
        Ok(nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
    }

    /// A row as the JSON of `get` shows it: secrets masked, some columns as true or false.
    pub fn show(&self, row: &Row) -> serde_json::Map<String, serde_json::Value> {
        row.pairs()
            .map(|(name, value)| {
                let column = self.column(name);
                let shown = match value {
                    _ if column.is_some_and(|column| column.as_bool) => row.truth(name).into(),
                    value if column.is_some_and(|column| column.secret) => mask(value).to_json(),
                    value => value.to_json(),
                };
                (name.to_owned(), shown)
            })
            .collect()
    }
}

/// What stands for a secret: the mask when it is set, as it is when not.
pub fn mask(value: &Value) -> Value {
    if value.is_null() || value.to_text().is_empty() { value.clone() } else { Value::Text(crate::secret::MASK.into()) }
}

/// Gives a row a UUID that was given none: what refers to it from elsewhere does so by that.
///
/// # Errors
/// It never fails.
pub fn derive_uuid(values: &mut Values) -> Result<()> {
    if text_of(values, "uuid").is_none() {
        values.retain(|(name, _)| *name != "uuid");
        values.push(("uuid", uuid::Uuid::new_v4().to_string().into()));
    }
    Ok(())
}

/// The time now as a database value.
pub fn now(ctx: &Context) -> sea_query::Value {
    ctx.now().into()
}
