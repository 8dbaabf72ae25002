//! Moving files from one database into another: contents that are too long to go over with their rows go one by one, each by a
//! temporary file, so that no memory holds one.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};

use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sha2::{Digest as _, Sha256};

use crate::db::content::{Content, Limit, PIECE, is_text};
use crate::db::{Db, tables};
use crate::error::{Error, Result};

/// Columns that hold files: table, column, whether it is one of texts.
const COLUMNS: [(&str, &str, bool); 2] =
    [(tables::FILE_STORE, "file_data", false), (tables::ARTIFACTS, "artifact", true)];

/// The column of a table that holds files.
pub fn column_of(table: &str) -> Option<Content> {
    let (table, column, is_text) = COLUMNS.into_iter().find(|(name, ..)| *name == table)?;
    Some(Content { table, column, is_text, id: 0 })
}

/// The value of such a column, in SQL, where it is not long.
pub fn unless_long(column: &str) -> String {
    format!("CASE WHEN octet_length({column}) > {PIECE} THEN NULL ELSE {column} END")
}

/// Looks whether the target takes the longest content of a table.
///
/// # Errors
/// It does not; the words say how long it is, and what bounds it.
pub async fn check(source: &mut Db, target: &mut Db, column: Content) -> Result<()> {
    let mut select = Query::select();
    select.expr(Expr::cust(format!("max(octet_length({}))", column.column))).from(column.table);
    let longest = source.number(&select).await?.unsigned_abs();
    let limit = target.content_limit().await?;
    if longest <= limit.bytes() {
        return Ok(());
    }
    let hint = match limit {
        Limit::Packet(bytes) => format!("Raise the max_allowed_packet of its server, which is {bytes}"),
        Limit::Sqlite | Limit::Postgres => {
            format!(
                "Write the artifact out and delete its row in {} of the source, or take another server",
                column.table
            )
        }
    };
    let message = format!("{} does not take a file of {longest} bytes in {}", target.target(), column.table);
    Err(Error::refused(message).because(anyhow::anyhow!("it takes {} at most", limit.bytes())).hint(hint))
}

/// A long content that was copied, or is to go elsewhere.
pub struct CopiedContent {
    /// Of its row.
    pub id: i64,
    pub digest: [u8; 32],
    /// Its column in the target takes texts only, and it is no text.
    pub is_apart: bool,
}

/// Copies the long contents of a table whose rows are there already, byte for byte, and returns the digest of each.
///
/// # Errors
/// One cannot be read, kept for a moment, or written.
pub async fn copy(source: &mut Db, target: &mut Db, from: Content, to: Content) -> Result<Vec<CopiedContent>> {
    let mut copied = Vec::new();
    for from in find_long(source, from).await? {
        let to = Content { id: from.id, ..to };
        let mut file = tempfile::tempfile().map_err(temporary_file_error)?;
        gather(source, from, &file).await?;
        let size = file.stream_position().map_err(temporary_file_error)?;
        file.rewind().map_err(temporary_file_error)?;
        let digest = digest_gathered(from, &mut file)?;
        file.rewind().map_err(temporary_file_error)?;
        let is_apart = to.is_text
            && target.dialect.checks_texts()
            && !is_text(&mut file, target.dialect.takes_nul()).map_err(temporary_file_error)?;
        if !is_apart {
            file.rewind().map_err(temporary_file_error)?;
            let written = target.write_content(to, size, file, temporary_file_error).await;
            written.map_err(|error| {
                error.within(format!("the content of row {} of {} cannot be copied", to.id, to.table))
            })?;
        }
        copied.push(CopiedContent { id: from.id, digest, is_apart });
    }
    Ok(copied)
}

/// The digests of the long contents that a table holds.
///
/// # Errors
/// One cannot be read.
pub async fn digests(db: &mut Db, column: Content) -> Result<Vec<[u8; 32]>> {
    let mut digests = Vec::new();
    for content in find_long(db, column).await? {
        digests.push(digest_stored(db, content, begin_digest(content)).await?);
    }
    Ok(digests)
}

/// The digest of a content that a database holds, after what was put into it before.
///
/// # Errors
/// The content cannot be read.
pub async fn digest_stored(db: &mut Db, content: Content, mut hash: Sha256) -> Result<[u8; 32]> {
    let size = db.content_size(content).await?.unwrap_or_default();
    db.read_content(content, size, |piece| {
        hash.update(piece);
        Ok(())
    })
    .await?;
    Ok(hash.finalize().into())
}

/// Finds the contents of a column that are too long to be copied within a row.
async fn find_long(db: &mut Db, column: Content) -> Result<Vec<Content>> {
    let mut select = Query::select();
    select.column("id").from(Alias::new(column.table)).order_by("id", Order::Asc);
    select.and_where(Expr::cust(format!("octet_length({})", column.column)).gt(PIECE as u64));
    Ok(db.fetch_ids(&select).await?.into_iter().map(|id| Content { id, ..column }).collect())
}

/// Writes a content into a file.
async fn gather(source: &mut Db, content: Content, file: &File) -> Result<()> {
    let size = source.content_size(content).await?.unwrap_or_default();
    let mut file = BufWriter::new(file);
    source.read_content(content, size, |piece| file.write_all(piece).map_err(temporary_file_error)).await?;
    file.flush().map_err(temporary_file_error)
}

/// A digest tells which row it is of.
fn begin_digest(content: Content) -> Sha256 {
    Sha256::new().chain_update(content.table).chain_update(content.id.to_le_bytes())
}

fn digest_gathered(content: Content, file: &mut File) -> Result<[u8; 32]> {
    let (mut hash, mut buffer) = (begin_digest(content), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(temporary_file_error)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// The error of a temporary file that cannot be written or read.
pub fn temporary_file_error(cause: io::Error) -> Error {
    Error::file("cannot keep a file while it is copied", cause)
        .hint("TMPDIR names the folder for it; it needs as much room as the largest file in the database")
}
