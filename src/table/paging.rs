//! How much of a listing is shown: which columns, in which order, and which of its rows.

use std::rc::Rc;

use clap::ArgMatches;
use sea_query::{Alias, IntoColumnRef as _, Order, SelectStatement};

use crate::count::thousands;
use crate::db::expression::row_count;
use crate::db::{Db, Dialect};
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::output::{Format, Printer};
use crate::table::{Table, args};

/// The columns of a listing.
pub struct Columns<'a> {
    pub all: Rc<[String]>,
    /// Those that hold secrets.
    ///
    /// They are shown masked, and nothing is ordered by them: where a row stands among others, of which one may be one's own,
    /// would tell the secret letter by letter.
    pub secret: &'a [&'a str],
}

impl Columns<'_> {
    /// The columns by which rows may be ordered.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str).filter(|column| !self.secret.contains(column))
    }

    /// Refuses to order by what is no column, or is one of secrets.
    ///
    /// `option` is the one that was given, `takes` what it takes beside columns.
    fn require_open(&self, name: &str, option: &str, takes: &str) -> Result<()> {
        if self.open().any(|column| column == name) {
            return Ok(());
        }
        let message = match self.all.iter().any(|column| column == name) {
            true => format!("{option} is {name:?}, which holds secrets: the order of the rows would reveal them"),
            false => format!("{option} is {name:?}, which is no column here"),
        };
        let hint = format!("It takes {takes} {}", self.open().collect::<Vec<_>>().join(", "));
        Err(Error::usage(message).hint(with_suggestion(hint, name, self.open())))
    }
}

/// The headings on a terminal that are no columns, and the columns that they show; the first one that a listing has is meant.
const HEADINGS: &[(&str, &str)] = &[
    ("application", "app_name"),
    ("application", "app_id"),
    ("began", "begin"),
    ("company", "company_name"),
    ("company", "company_id"),
    ("due", "after"),
    ("next", "next_schedule"),
    ("runtemplate", "runtemplate_name"),
    ("runtemplate", "runtemplate_id"),
    ("schedule", "schedule_type"),
    ("schedule", "interv"),
    ("state", "exitcode"),
];

/// The headings whose values are worked out when they are shown.
const WORKED_OUT: &[&str] = &["took", "why", "result", "last", "in"];

/// What an option takes, behind the column that was probably meant.
fn with_suggestion<'n>(hint: String, given: &str, columns: impl Iterator<Item = &'n str>) -> String {
    let columns: Vec<&str> = columns.collect();
    let heading = given.to_lowercase();
    let shown = HEADINGS.iter().find(|(name, column)| *name == heading && columns.contains(column));
    match (shown, nearest(given, columns.iter().copied())) {
        (Some((_, column)), _) => format!("{} is the column {column}. {hint}", heading.to_uppercase()),
        _ if WORKED_OUT.contains(&heading.as_str()) => {
            format!("{} is in no column: it is worked out when it is shown. {hint}", heading.to_uppercase())
        }
        (None, Some(meant)) => format!("Did you mean {meant}? {hint}"),
        (None, None) => hint,
    }
}

/// How a listing is cut, ordered and narrowed, as the options say.
#[derive(Default)]
pub struct Paging {
    pub limit: Option<i64>,
    offset: Option<i64>,
    order: Option<String>,
    /// The order that `--order` means is turned around.
    descending: bool,
    /// What `--sort` says.
    sort: Vec<(String, Order)>,
    fields: Option<Vec<String>>,
}

impl Paging {
    /// What a listing's options say of its limit, offset, order and fields.
    pub fn from_args(matches: &ArgMatches) -> Paging {
        Paging {
            // The suite's 0 is no limit.
            limit: args::int(matches, "limit").map(|limit| if limit == 0 { i64::MAX } else { limit }),
            offset: args::int(matches, "offset"),
            order: args::text(matches, "order").filter(|order| !order.is_empty()),
            descending: false,
            sort: args::text(matches, "sort").as_deref().map(sort).unwrap_or_default(),
            fields: args::wanted_fields(matches),
        }
    }

    /// The paging of a command that has `--fields` only.
    pub fn fields_only(matches: &ArgMatches) -> Paging {
        Paging { fields: args::wanted_fields(matches), ..Paging::default() }
    }

    /// Are the columns chosen by `--fields`?
    pub fn names_fields(&self) -> bool {
        self.fields.is_some()
    }

    /// Is the order of the rows asked for?
    fn names_order(&self) -> bool {
        self.order.is_some() || !self.sort.is_empty()
    }

    /// Orders by this column where no order is asked for.
    pub fn or_order(mut self, column: &str) -> Paging {
        if !self.names_order() {
            self.order = Some(column.to_owned());
        }
        self
    }

    /// Shows so many rows where no limit is given.
    pub fn or_limit(mut self, limit: i64) -> Paging {
        self.limit.get_or_insert(limit);
        self
    }

    /// Says after so many rows of a listing that there are more: `30 of 10,012; --limit shows more`.
    ///
    /// `all` asks for them, and selects nothing yet.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn tell_cut(&self, db: &mut Db, printer: &Printer, rows: u64, mut all: SelectStatement) -> Result<()> {
        if self.limit.is_some_and(|limit| rows > 0 && rows == limit.unsigned_abs()) {
            let total = db.count(all.expr(row_count())).await?;
            if total > rows {
                printer.note(&format!("{} of {}; --limit shows more", thousands(rows), thousands(total)));
            }
        }
        Ok(())
    }

    /// Turns the order around that `--order` means, or [`or_order`](Self::or_order).
    pub fn turned(mut self, descending: bool) -> Paging {
        self.descending = descending;
        self
    }

    /// The columns of a table to show, of those there are: what `--fields` names, else for people the table's own choice.
    ///
    /// # Errors
    /// `--fields` names a column that is not there.
    pub fn columns(&self, table: &Table, printer: &Printer, there: &[String]) -> Result<Vec<String>> {
        if self.fields.is_none() && printer.format == Format::Text && !table.listing.is_empty() {
            return Ok(table
                .listing
                .iter()
                .copied()
                .filter(|name| there.iter().any(|c| c == name))
                .map(str::to_owned)
                .collect());
        }
        self.pick(there)
    }

    /// The columns to show, of those there are.
    ///
    /// # Errors
    /// A field that is not among them.
    pub fn pick(&self, there: &[String]) -> Result<Vec<String>> {
        let Some(fields) = &self.fields else { return Ok(there.to_vec()) };
        match fields.iter().find(|field| !there.contains(field)) {
            Some(unknown) => Err(Error::usage(format!("--fields names {unknown:?}, which is no field here")).hint(
                with_suggestion(format!("It takes {}", there.join(", ")), unknown, there.iter().map(String::as_str)),
            )),
            None => Ok(fields.clone()),
        }
    }

    /// Orders and cuts a query of a table or of a subquery with these columns.
    ///
    /// # Errors
    /// The order names what is no column, or what holds secrets.
    pub fn apply(&self, select: &mut SelectStatement, columns: &Columns<'_>, dialect: Dialect) -> Result<()> {
        self.order(select, columns, dialect, None)?;
        // No server but PostgreSQL takes an offset without a limit.
        if self.limit.is_some() || self.offset.is_some() {
            select.limit(self.limit.map_or(i64::MAX as u64, |limit| limit.unsigned_abs()));
        }
        if let Some(offset) = self.offset {
            select.offset(offset.unsigned_abs());
        }
        Ok(())
    }

    /// Orders a query, where several tables have such columns by those of `table`.
    ///
    /// # Errors
    /// Same as [`apply`](Self::apply).
    pub fn order(
        &self,
        select: &mut SelectStatement,
        columns: &Columns<'_>,
        dialect: Dialect,
        table: Option<&'static str>,
    ) -> Result<()> {
        for (name, order) in self.keys(columns)? {
            // An id is never nothing, and its index has no place for that.
            let is_id = name == "id";
            let column = match table {
                Some(table) => (table, Alias::new(name)).into_column_ref(),
                None => Alias::new(name).into_column_ref(),
            };
            if is_id {
                select.order_by(column, order);
            } else {
                dialect.order(select, column, order);
            }
        }
        Ok(())
    }

    /// What rows are ordered by: for `--order`, `A` and `D` go by id, anything else names a column.
    fn keys(&self, columns: &Columns<'_>) -> Result<Vec<(String, Order)>> {
        let mut keys = self.sort.clone();
        for (name, _) in &keys {
            columns.require_open(
                name,
                "--sort",
                "columns with commas between, a descending one with a minus before it:",
            )?;
        }
        if keys.is_empty() {
            let (column, order) = match self.order.as_deref().map(|order| order_of(order, columns)) {
                None | Some(("A" | "a", Order::Asc)) => ("id", Order::Asc),
                Some(("D" | "d", Order::Asc)) => ("id", Order::Desc),
                Some((name, order)) => {
                    columns.require_open(name, "--order", "A (ascending), D (descending), or one of")?;
                    (name, order)
                }
            };
            keys.push((column.to_owned(), if self.descending { Order::Desc } else { order }));
        }
        // Rows that are equal in these keep one order, so that pages neither repeat nor skip any.
        let id = || columns.all.iter().find(|column| *column == "id");
        if let Some(id) = id().filter(|_| keys.iter().all(|(column, _)| column != "id")) {
            keys.push((id.clone(), Order::Asc));
        }
        Ok(keys)
    }
}

/// Reads `after`, `AFTER` and `after DESC`, as the suite's listings take them.
fn order_of<'t>(text: &'t str, columns: &'t Columns<'t>) -> (&'t str, Order) {
    let direction = |word: &str| match word.to_ascii_uppercase().as_str() {
        "A" | "ASC" => Some(Order::Asc),
        "D" | "DESC" => Some(Order::Desc),
        _ => None,
    };
    let parted = text.split_once(' ').and_then(|(name, word)| Some((name, direction(word.trim())?)));
    let (name, order) = parted.unwrap_or((text, Order::Asc));
    let known = columns.open().find(|column| column.eq_ignore_ascii_case(name));
    (known.unwrap_or(name), order)
}

/// Reads `-begin,id`: a minus before a column turns its order around.
fn sort(text: &str) -> Vec<(String, Order)> {
    let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
    keys.map(|key| match key.strip_prefix('-') {
        Some(column) => (column.to_owned(), Order::Desc),
        None => (key.to_owned(), Order::Asc),
    })
    .collect()
}
