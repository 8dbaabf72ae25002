//! Storing artifacts: in the file store, and as an `artifacts` row for readers that know only those.
//!
//! A file goes into a server piece by piece, so that neither our memory nor one packet has to hold it. SQLite, which works in
//! our memory and would copy all of it for each piece, takes it at once: the limit of an artifact's size bounds that.

use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Query};

use crate::db::internal;
use crate::db::{Db, Dialect, Row};
use crate::error::{Error, Result};
use crate::executor::Artifact;
use crate::job::output_rows::unfinished;
use crate::job::run::files::ARTIFACT_FIELD;

/// Written at once, in bytes. Each further piece makes a server copy what it has; a larger one would be all the memory.
const PIECE: usize = 4 << 20;
/// What a statement has beside a value.
const OVERHEAD: u64 = 1024;
/// `note` and `file_path` take so many characters.
const TEXT_MAX: usize = 255;

/// An artifact of which is known that it can be stored, and how.
pub struct Storable {
    pub artifact: Artifact,
    content_type: &'static str,
    is_text: bool,
}

impl Storable {
    /// Looks through the file once.
    ///
    /// # Errors
    /// It cannot be read.
    fn new(artifact: Artifact) -> std::io::Result<Storable> {
        let is_text = is_text(&mut File::open(&artifact.file)?)?;
        let content_type = if !is_text {
            "application/octet-stream"
        } else if is_json(BufReader::new(File::open(&artifact.file)?)) {
            "application/json"
        } else {
            "text/plain"
        };
        Ok(Storable { artifact, content_type, is_text })
    }

    /// Of an artifact's content as a recovery file holds it.
    ///
    /// # Errors
    /// It cannot be kept in a temporary file.
    pub fn from_content(path: &str, note: &str, content: &[u8]) -> std::io::Result<Storable> {
        let mut file = tempfile::tempfile()?;
        file.write_all(content)?;
        let mut copy = Artifact::copy(path, file);
        note.clone_into(&mut copy.note);
        Storable::new(copy)
    }
}

/// Which artifacts can be stored; of the others, in words, why not.
pub async fn examine(db: &mut Db, artifacts: Vec<Artifact>) -> (Vec<Storable>, Vec<String>) {
    let (mut storable, mut notices) = (Vec::new(), Vec::new());
    let size = |artifact: &Artifact| std::fs::metadata(&artifact.file).map_or(0, |facts| facts.len());
    // The smallest packet that a server may be set to in earnest.
    let is_large = artifacts.iter().any(|artifact| size(artifact) > 500_000);
    let packet = if is_large && db.dialect == Dialect::MySql { packet(db).await } else { u64::MAX };
    for artifact in artifacts {
        let (path, size) = (artifact.path.clone(), size(&artifact));
        if size.saturating_add(OVERHEAD) > packet {
            notices.push(format!(
                "artifact missing: {path} has {size} bytes, more than the database server takes; raise its max_allowed_packet of {packet}"
            ));
            continue;
        }
        match Storable::new(artifact) {
            Ok(artifact) => storable.push(artifact),
            Err(cause) => notices.push(format!("artifact missing: {path} cannot be read: {cause}")),
        }
    }
    (storable, notices)
}

/// The largest value that a MySQL or MariaDB server puts together. A server that does not answer is asked again later, by
/// whoever saves.
async fn packet(db: &mut Db) -> u64 {
    let mut select = Query::select();
    select.expr(Expr::cust("@@max_allowed_packet"));
    db.count(&select).await.ok().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(u64::MAX)
}

/// Is all of it text that every one of the databases takes?
fn is_text(file: &mut File) -> std::io::Result<bool> {
    let mut buffer = vec![0; PIECE];
    let mut begun = 0;
    loop {
        let read = file.read(&mut buffer[begun..])?;
        let bytes = &buffer[..begun + read];
        let whole = bytes.len() - if read == 0 { 0 } else { unfinished(bytes) };
        if std::str::from_utf8(&bytes[..whole]).is_err() || bytes.contains(&0) {
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

fn is_json(file: BufReader<File>) -> bool {
    serde_json::from_reader::<_, serde::de::IgnoredAny>(file).is_ok()
}

/// Stores an artifact of a job; to be called inside a transaction. The `artifacts` row's column holds text; of other content
/// it holds nothing, and the file store has it.
pub async fn store(db: &mut Db, job: &Row, storable: &Storable, now: NaiveDateTime) -> Result<()> {
    let artifact = &storable.artifact;
    let name = artifact.path.rsplit('/').next().unwrap_or(&artifact.path);
    let cut = |text: &str| text.chars().take(TEXT_MAX).collect::<String>();
    let file = [
        ("job_id", Expr::val(job.int("id"))),
        ("runtemplate_id", Expr::val(job.int("runtemplate_id"))),
        ("field", Expr::val(ARTIFACT_FIELD)),
        ("file_name", Expr::val(cut(name))),
        ("file_path", Expr::val(cut(&artifact.path))),
        ("created_at", Expr::val(now)),
    ];
    write(db, "file_store", &file, "file_data", artifact, false).await?;
    let note = match artifact.note.as_str() {
        "" if !storable.is_text => "binary: its content is in the file store",
        note => note,
    };
    let row = [
        ("job_id", Expr::val(job.int("id"))),
        ("filename", Expr::val(cut(name))),
        ("content_type", Expr::val(storable.content_type)),
        ("created_at", Expr::val(now)),
        ("note", Expr::val(cut(note))),
    ];
    if storable.is_text {
        return write(db, "artifacts", &row, "artifact", artifact, true).await;
    }
    let mut insert = Query::insert();
    insert.into_table("artifacts").columns(row.iter().map(|(column, _)| *column).chain(["artifact"]));
    insert.values(row.into_iter().map(|(_, value)| value).chain([Expr::val("")])).map_err(internal)?;
    db.execute(&insert).await.map(drop)
}

/// Inserts a row, and the artifact's content into one of its columns.
async fn write(
    db: &mut Db,
    table: &'static str,
    row: &[(&'static str, Expr)],
    column: &'static str,
    artifact: &Artifact,
    as_text: bool,
) -> Result<()> {
    let file = File::open(&artifact.file).map_err(|cause| unreadable(&artifact.path, cause))?;
    let size = if db.dialect == Dialect::Sqlite { usize::MAX } else { PIECE };
    let mut pieces = Pieces { path: &artifact.path, file, size, begun: Vec::new(), more: true };
    let first = Expr::val(pieces.next(as_text)?);
    let mut insert = Query::insert();
    insert.into_table(table).columns(row.iter().map(|(column, _)| *column).chain([column]));
    insert.values(row.iter().map(|(_, value)| value.clone()).chain([first])).map_err(internal)?;
    let id = db.insert(&mut insert).await?;
    while pieces.more {
        let piece = pieces.next(as_text)?;
        append(db, table, column, id, piece).await?;
    }
    Ok(())
}

async fn append(
    db: &mut Db,
    table: &'static str,
    column: &'static str,
    id: i64,
    piece: sea_query::Value,
) -> Result<()> {
    let sql = match db.dialect {
        Dialect::MySql => format!("CONCAT({column}, ?)"),
        Dialect::Postgres => format!("{column} || $1"),
        Dialect::Sqlite => format!("{column} || ?"),
    };
    let mut update = Query::update();
    update.table(table).value(column, Expr::cust_with_values(sql, [piece])).and_where(Expr::col("id").eq(id));
    db.execute(&update).await.map(drop)
}

/// A file's content in the pieces in which it is written.
struct Pieces<'a> {
    path: &'a str,
    file: File,
    size: usize,
    begun: Vec<u8>,
    more: bool,
}

impl Pieces<'_> {
    /// The next piece; of a text a character that is cut in two goes to the piece after it.
    fn next(&mut self, as_text: bool) -> Result<sea_query::Value> {
        let mut piece = std::mem::take(&mut self.begun);
        if self.more {
            let room = self.size - piece.len();
            let mut file = (&self.file).take(u64::try_from(room).unwrap_or(u64::MAX));
            let read = file.read_to_end(&mut piece).map_err(|cause| unreadable(self.path, cause))?;
            self.more = read == room;
        }
        if !as_text {
            return Ok(piece.into());
        }
        if self.more {
            self.begun = piece.split_off(piece.len() - unfinished(&piece));
        }
        Ok(String::from_utf8(piece)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            .into())
    }
}

fn unreadable(path: &str, cause: std::io::Error) -> Error {
    Error::file(format!("the artifact {path} cannot be read"), cause)
}
