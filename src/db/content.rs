//! Values of any size, written and read piece by piece, so that neither our memory nor one packet has to hold all of one.
//!
//! A server is sent a piece at a time, and asked for one. SQLite works in our memory, and would hold all of a value for each piece of
//! it: there a long one is opened as a file is (see [`sqlite`]).

use std::io::{self, Read};

use sea_query::{Alias, Expr, ExprTrait, Query, Value as Bound};
use sqlx::SqliteConnection;

use crate::db::{Connection, Db, Dialect, Sql, Value, internal, sqlite};
use crate::error::{Error, Result};
use crate::utf8;

/// How many bytes are sent and asked for at once; a longer value counts as long.
///
/// More would be all the memory; with less a server would have more to put together.
pub const PIECE: usize = 4 << 20;

/// A text is handed on in pieces of so many bytes: quoted, each is some times as long.
const TEXT_PIECE: usize = 64 << 10;

/// The suite's name of the field under which artifacts are in the file store; everything else there was uploaded.
pub const ARTIFACT_FIELD: &str = "artifact";
/// `artifacts.note` where the content is no text.
pub const BINARY_NOTE: &str = "binary: its content is in the file store";

/// Of what a server puts together in one statement, what is not the value.
const OVERHEAD: u64 = 1024;
/// SQLite takes so many bytes of a row.
const SQLITE_MAX: u64 = 1_000_000_000 - (64 << 10);
/// PostgreSQL takes a value of 1 GiB, but neither dumps nor shows one that would be longer than that in its digits.
const POSTGRES_MAX: u64 = (512 << 20) - (64 << 10);

/// Rows that hold pieces have ids below zero, which no other row has: of each process others, so that none waits for what another one
/// is about to delete again. No value has more pieces.
const PIECES_MAX: i32 = 256;
const PROCESSES: u32 = 1 << 22;

/// The first of the ids of this process.
fn first_piece() -> i32 {
    let process = i32::try_from(std::process::id() % PROCESSES).unwrap_or_default();
    i32::MIN.saturating_add(process.saturating_mul(PIECES_MAX))
}

/// Where such a value is: in this column of the row with this id.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    pub table: &'static str,
    pub column: &'static str,
    /// The column is one of texts, and not of bytes.
    pub is_text: bool,
    pub id: i64,
}

impl Content {
    /// Its bytes, in SQL. The suite binds any bytes as text to SQLite: as a text they would be read with what is no UTF-8 replaced.
    fn bytes(self, dialect: Dialect) -> String {
        let column = self.column;
        match (dialect, self.is_text) {
            (Dialect::Sqlite, _) => format!("CAST({column} AS BLOB)"),
            (Dialect::MySql, true) => format!("CAST({column} AS BINARY)"),
            (Dialect::Postgres, true) => format!("convert_to({column}, 'UTF8')"),
            (Dialect::MySql | Dialect::Postgres, false) => column.to_owned(),
        }
    }

    /// How many they are, in SQL. SQLite knows that without reading them, where they are not cast.
    fn size(self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => format!("octet_length({})", self.column),
            Dialect::MySql | Dialect::Postgres => format!("length({})", self.bytes(dialect)),
        }
    }

    fn cell(self) -> sqlite::CellAddress {
        sqlite::CellAddress { table: self.table, column: self.column, row: self.id }
    }

    fn deleted(self) -> Error {
        Error::refused(format!("the content of row {} of {} has just been deleted", self.id, self.table))
    }

    fn is_its_row(self) -> Expr {
        Expr::col("id").eq(self.id)
    }
}

/// A row that is to hold a long value, and where that comes from.
pub struct ContentSource<'a, R> {
    pub table: &'static str,
    /// The other columns of the row.
    pub row: &'a [(&'static str, Expr)],
    pub column: &'static str,
    pub is_text: bool,
    pub bytes: R,
    pub size: u64,
}

/// The largest value that a database takes, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A row of SQLite.
    Sqlite,
    /// `max_allowed_packet` of MySQL or MariaDB.
    Packet(u64),
    /// A value of PostgreSQL.
    Postgres,
}

impl Limit {
    /// The limit in bytes; of a packet, what is left of it beside the rest of the statement.
    pub fn bytes(self) -> u64 {
        match self {
            Limit::Sqlite => SQLITE_MAX,
            Limit::Packet(bytes) => bytes.saturating_sub(OVERHEAD),
            Limit::Postgres => POSTGRES_MAX,
        }
    }
}

impl Db {
    /// How large a value may be here.
    ///
    /// # Errors
    /// The server does not say how large its packets may be.
    pub async fn content_limit(&mut self) -> Result<Limit> {
        Ok(match self.dialect {
            Dialect::Sqlite => Limit::Sqlite,
            Dialect::Postgres => Limit::Postgres,
            Dialect::MySql => Limit::Packet(match self.packet {
                Some(bytes) => bytes,
                None => {
                    let bytes = self.number(&Sql("SELECT @@max_allowed_packet")).await?;
                    *self.packet.insert(bytes.unsigned_abs())
                }
            }),
        })
    }

    /// How many bytes a value has; None where its row is gone, or holds none.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn content_size(&mut self, content: Content) -> Result<Option<u64>> {
        let mut select = Query::select();
        select.expr_as(Expr::cust(content.size(self.dialect)), "size").from(content.table);
        let row = self.fetch_optional(select.and_where(content.is_its_row())).await?;
        Ok(row.and_then(|row| row.first_int()).and_then(|size| u64::try_from(size).ok()))
    }

    /// Hands a value of this size to `take`, piece by piece.
    ///
    /// # Errors
    /// It is gone, or cannot be read; or `take` ends it.
    pub async fn read_content(
        &mut self,
        content: Content,
        size: u64,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        if let Some(connection) = self.opening(size) {
            return sqlite::read(connection, content.cell(), PIECE, take).await;
        }
        for from in (1..=size).step_by(PIECE) {
            let mut select = Query::select();
            let piece = format!("substr({}, {from}, {PIECE})", content.bytes(self.dialect));
            select.expr_as(Expr::cust(piece), "piece").from(content.table).and_where(content.is_its_row());
            match self.fetch_optional(&select).await?.map(|mut row| row.values.swap_remove(0)) {
                Some(Value::Bytes(piece)) => take(&piece)?,
                Some(piece) if !piece.is_null() => take(piece.to_text().as_bytes())?,
                _ => return Err(content.deleted()),
            }
        }
        Ok(())
    }

    /// Hands a value to `take` as text, in smaller pieces: what is no UTF-8 is replaced, as it is in a row.
    ///
    /// # Errors
    /// Same as [`read_content`](Db::read_content).
    pub async fn read_text(
        &mut self,
        content: Content,
        size: u64,
        mut take: impl FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let mut begun = Vec::new();
        self.read_content(content, size, |piece| {
            for part in piece.chunks(TEXT_PIECE) {
                begun.extend_from_slice(part);
                let whole = begun.len() - utf8::unfinished(&begun);
                take(&String::from_utf8_lossy(&begun[..whole]))?;
                begun.drain(..whole);
            }
            Ok(())
        })
        .await?;
        if begun.is_empty() { Ok(()) } else { take(&String::from_utf8_lossy(&begun)) }
    }

    /// Inserts a row with a value of any size in one of its columns; call inside a transaction.
    ///
    /// # Errors
    /// `unreadable` tells why its source cannot be read; or the database does not take it.
    pub async fn insert_content<R: Read>(
        &mut self,
        source: ContentSource<'_, R>,
        unreadable: impl Fn(io::Error) -> Error,
    ) -> Result<()> {
        let ContentSource { table, row, column, is_text, bytes, size } = source;
        let mut pieces = Pieces::new(bytes, is_text);
        let is_long = size > PIECE as u64;
        let value = if is_long { Expr::null() } else { Expr::val(pieces.next().map_err(&unreadable)?) };
        let mut insert = Query::insert();
        insert.into_table(table).columns(row.iter().map(|(column, _)| *column).chain([column]));
        insert.values(row.iter().map(|(_, value)| value.clone()).chain([value])).map_err(internal)?;
        let id = self.insert(&mut insert).await?;
        match is_long {
            true => self.write_content(Content { table, column, is_text, id }, size, pieces.bytes, unreadable).await,
            false => Ok(()),
        }
    }

    /// Writes a value of any size into a row that has none; call inside a transaction.
    ///
    /// A long text is kept by SQLite as bytes, which it hands out as the same text.
    ///
    /// # Errors
    /// `unreadable` tells why its source cannot be read; or the database does not take it.
    pub async fn write_content<R: Read>(
        &mut self,
        content: Content,
        size: u64,
        mut bytes: R,
        unreadable: impl Fn(io::Error) -> Error,
    ) -> Result<()> {
        if self.opening(size).is_some() {
            let size = i64::try_from(size).map_err(internal)?;
            self.set_content(content, Expr::cust_with_values("zeroblob(?)", [size])).await?;
        }
        if let Some(connection) = self.opening(size) {
            return sqlite::write(connection, content.cell(), PIECE, &mut bytes, unreadable).await;
        }
        let mut pieces = Pieces::new(bytes, content.is_text);
        self.set_content(content, Expr::val(pieces.next().map_err(&unreadable)?)).await?;
        let first = first_piece();
        let mut number = first;
        while pieces.is_more {
            let piece = pieces.next().map_err(&unreadable)?;
            match self.dialect {
                Dialect::Postgres => {
                    self.add_piece(content, number, piece).await?;
                    number = number.saturating_add(1);
                }
                // MariaDB makes the value anew for each piece. Nothing there puts one together of rows without a limit of its own.
                Dialect::MySql | Dialect::Sqlite => {
                    let longer = format!("CONCAT({}, ?)", content.column);
                    self.set_content(content, Expr::cust_with_values(longer, [piece])).await?;
                }
            }
        }
        if number > first { self.join_pieces(content).await } else { Ok(()) }
    }

    /// The connection, where a value of this size is opened.
    fn opening(&mut self, size: u64) -> Option<&mut SqliteConnection> {
        match &mut self.connection {
            Connection::Sqlite(connection) if size > PIECE as u64 => Some(connection),
            _ => None,
        }
    }

    async fn set_content(&mut self, content: Content, value: Expr) -> Result<()> {
        let mut update = Query::update();
        update.table(content.table).value(content.column, value).and_where(content.is_its_row());
        self.execute(&update).await.map(drop)
    }

    /// Keeps a piece in a row of its own, which nobody else sees before the transaction ends.
    ///
    /// To append each would make PostgreSQL write all of the value each time.
    async fn add_piece(&mut self, content: Content, number: i32, piece: Bound) -> Result<()> {
        let mut insert = Query::insert();
        insert.into_table(content.table).columns(["id", content.column]);
        insert.values([Expr::val(number), Expr::val(piece)]).map_err(internal)?;
        self.execute(&insert).await.map(drop)
    }

    /// Puts a value together of its first piece and the rows of the further ones, which go.
    async fn join_pieces(&mut self, content: Content) -> Result<()> {
        let Content { table, column, is_text, id } = content;
        let nothing = if is_text { "''" } else { "''::bytea" };
        let mut all = Query::select();
        all.expr(Expr::cust(format!("string_agg(piece.{column}, {nothing} ORDER BY piece.id > 0 DESC, piece.id)")));
        all.from_as(table, Alias::new("piece"));
        let number = Expr::col((Alias::new("piece"), "id"));
        all.and_where(number.clone().eq(id).or(number.lt(0)));
        self.set_content(content, Expr::SubQuery(None, Box::new(all.into()))).await?;
        let mut delete = Query::delete();
        self.execute(delete.from_table(table).and_where(Expr::col("id").lt(0))).await.map(drop)
    }
}

/// What is written, in pieces.
struct Pieces<R> {
    bytes: R,
    is_text: bool,
    begun: Vec<u8>,
    is_more: bool,
}

impl<R: Read> Pieces<R> {
    fn new(bytes: R, is_text: bool) -> Pieces<R> {
        Pieces { bytes, is_text, begun: Vec::new(), is_more: true }
    }

    /// The next piece; of a text a character that is cut in two goes to the piece after it.
    fn next(&mut self) -> io::Result<Bound> {
        let mut piece = std::mem::take(&mut self.begun);
        let room = (PIECE - piece.len()) as u64;
        let read = (&mut self.bytes).take(room).read_to_end(&mut piece)?;
        self.is_more = read as u64 == room;
        if !self.is_text {
            return Ok(piece.into());
        }
        if self.is_more {
            self.begun = piece.split_off(piece.len() - utf8::unfinished(&piece));
        }
        let text = String::from_utf8(piece).unwrap_or_else(|cut| String::from_utf8_lossy(cut.as_bytes()).into_owned());
        Ok(text.into())
    }
}

/// Is all of it text in UTF-8, where that is wanted without the character NUL? Reads it to its end.
///
/// # Errors
/// It cannot be read.
pub fn is_text(file: &mut impl Read, takes_nul: bool) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 20];
    let mut begun = 0;
    loop {
        let read = file.read(&mut buffer[begun..])?;
        let bytes = &buffer[..begun + read];
        let whole = bytes.len() - if read == 0 { 0 } else { utf8::unfinished(bytes) };
        if std::str::from_utf8(&bytes[..whole]).is_err() || (!takes_nul && bytes.contains(&0)) {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
        let end = bytes.len();
        buffer.copy_within(whole..end, 0);
        begun = end - whole;
    }
}
