//! Artifacts whose bytes are no text: the suite puts them into a row's text column on SQLite. A server's column does not take
//! them, and so they go where this tool itself stores such artifacts: into the file store.

use std::fs::File;
use std::io::{Seek as _, Write as _};

use sea_query::{Alias, Expr, ExprTrait, Order};
use sha2::{Digest as _, Sha256};

use crate::db::content::{ARTIFACT_FIELD, BINARY_NOTE, Content, ContentSource};
use crate::db::long_contents::{self, digest_stored};
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};

const TABLE: &str = tables::ARTIFACTS;

/// Puts the contents of these artifacts into the target's file store, and reads back each.
///
/// `artifact save` finds them there by their job and name. Their rows are there already.
///
/// # Errors
/// One has no job or name to be found by, or shares them with files that are there already; or it cannot be read or written.
pub async fn store(source: &mut Db, target: &mut Db, ids: &[i64]) -> Result<()> {
    let mut stored = Vec::new();
    for id in ids {
        if stored.contains(id) {
            continue;
        }
        let row = target.find(TABLE, *id).await?.ok_or_else(|| row_is_gone(*id))?;
        if row.int("job_id").is_none() || row.filled("filename").is_none() {
            return Err(unfindable(*id, "it has no job, or no name"));
        }
        if !stored_files(target, &row).await?.is_empty() {
            return Err(unfindable(*id, "other files of its job and name are there already"));
        }
        // Of several of one name, each is known by its place among them.
        for namesake in namesakes(target, TABLE, "filename", &row).await? {
            store_one(source, target, namesake).await?;
            stored.push(namesake);
        }
        let places = stored_files(target, &row).await?;
        for (place, namesake) in places.into_iter().zip(namesakes(target, TABLE, "filename", &row).await?) {
            compare(source, target, namesake, place).await?;
        }
    }
    for id in ids {
        let has_no_note = Expr::col("note").is_null().or(Expr::col("note").eq(""));
        target.update_where(TABLE, Expr::col("id").eq(*id).and(has_no_note), [("note", BINARY_NOTE.into())]).await?;
    }
    Ok(())
}

fn row_is_gone(id: i64) -> Error {
    Error::new(Kind::Statement, format!("the row of artifact {id} is not there after it was copied"))
}

fn unfindable(id: i64, why: &'static str) -> Error {
    Error::refused(format!(
        "artifact {id} holds bytes that are no text, and this database takes them in its file store only"
    ))
    .because(anyhow::anyhow!("they would not be found there: {why}"))
    .hint(format!(
        "Write it into a file by `multiflexi-cli artifact save --id={id} --file=FILE`, and delete its row in the source"
    ))
}

/// The rows of a table that belong to an artifact's job and bear its name.
async fn namesakes(db: &mut Db, table: &'static str, name: &'static str, artifact: &Row) -> Result<Vec<i64>> {
    let mut select = select::from(table).column("id").order_by("id", Order::Asc).take();
    select.and_where(Expr::col("job_id").eq(artifact.int("job_id")));
    select.and_where(Expr::col(Alias::new(name)).eq(artifact.text("filename")));
    if table != TABLE {
        select.and_where(Expr::col("field").eq(ARTIFACT_FIELD));
    }
    db.fetch_ids(&select).await
}

async fn stored_files(db: &mut Db, artifact: &Row) -> Result<Vec<i64>> {
    namesakes(db, tables::FILE_STORE, "file_name", artifact).await
}

fn content(table: &'static str, column: &'static str, id: i64) -> Content {
    Content { table, column, is_text: table == TABLE, id }
}

async fn store_one(source: &mut Db, target: &mut Db, id: i64) -> Result<()> {
    let row = target.find(TABLE, id).await?.ok_or_else(|| row_is_gone(id))?;
    let job = target.find_referred(tables::JOB, row.int("job_id")).await?;
    let name = row.text("filename").unwrap_or_default();
    let values = [
        ("job_id", Expr::val(row.int("job_id"))),
        ("runtemplate_id", Expr::val(job.and_then(|job| job.int("runtemplate_id")))),
        ("field", Expr::val(ARTIFACT_FIELD)),
        ("file_name", Expr::val(name.as_str())),
        ("file_path", Expr::val(name.as_str())),
        ("created_at", Expr::val(row.time("created_at"))),
    ];
    let mut file: File = tempfile::tempfile().map_err(long_contents::temporary_file_error)?;
    let from = content(TABLE, "artifact", id);
    let size = source.content_size(from).await?.unwrap_or_default();
    source.read_content(from, size, |piece| file.write_all(piece).map_err(long_contents::temporary_file_error)).await?;
    file.rewind().map_err(long_contents::temporary_file_error)?;
    let bytes = ContentSource {
        table: tables::FILE_STORE,
        row: &values,
        column: "file_data",
        is_text: false,
        bytes: file,
        size,
    };
    let stored = target.insert_content(bytes, long_contents::temporary_file_error).await;
    stored.map_err(|error| error.within(format!("the content of artifact {id} cannot be copied")))
}

async fn compare(source: &mut Db, target: &mut Db, id: i64, place: i64) -> Result<()> {
    let stored = digest_stored(source, content(TABLE, "artifact", id), Sha256::new()).await?;
    if stored == digest_stored(target, content(tables::FILE_STORE, "file_data", place), Sha256::new()).await? {
        return Ok(());
    }
    Err(Error::new(Kind::Statement, format!("the copy of artifact {id} differs")))
}
