//! `artifact`: files that jobs left behind.

mod get;
mod list;
mod table;

use std::io::Write as _;
use std::path::PathBuf;

use sea_query::{Expr, ExprTrait, Order};
use serde_json::json;

use crate::commands::definition_files::DASH;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, verb};
use crate::context::Context;
use crate::db::content::{ARTIFACT_FIELD, Content};
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::output::Outcome;
use crate::output::file::NewFile;
use crate::table::args;
pub use table::TABLE;
use table::in_row;

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Artifacts: files that jobs left behind",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", list, TABLE, NoArgs, list::list, "List artifacts").listing(),
        mixed_verb!("get", get, TABLE, NoArgs, get::get, "Show an artifact").reading(),
        verb!("save", "Write an artifact to a file", Save, save),
    ],
};

#[derive(clap::Args)]
struct Save {
    /// The artifact
    #[arg(long, value_parser = args::row_id::<i64>())]
    id: i64,
    /// The file to write, in an existing folder; - is stdout
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

async fn save(ctx: &mut Context, args: Save) -> Result<Outcome> {
    let id = args.id;
    let db = ctx.db().await?;
    let select = select::columns(TABLE.sql, ["id", "job_id", "filename", "content_type"])
        .and_where(Expr::col("id").eq(id))
        .take();
    let Some(row) = db.fetch_optional(&select).await? else {
        return Err(TABLE.unknown("id", &id.to_string()));
    };
    let (content, size) = content_of(db, &row).await?.ok_or_else(|| {
        Error::refused(format!("there is no content of artifact {id}: neither its row nor the file store has any"))
            .hint("It was empty, or what it held was deleted")
    })?;
    let file = args.file.display().to_string();
    let unwritable = |cause| {
        Error::file(format!("cannot write artifact {id} to {file}"), cause)
            .hint("--file takes the path of a file that you may write, in a folder that is there; - is stdout")
    };
    if args.file.as_os_str() == DASH {
        let (db, printer) = ctx.open().await?;
        db.read_content(content, size, |piece| printer.raw_while_reading(piece)).await?;
        return Ok(Outcome::Written);
    }
    let mut target = NewFile::create(&args.file).map_err(unwritable)?;
    // A database that goes away in the middle leaves no half of a file.
    db.read_content(content, size, |piece| target.write_all(piece).map_err(unwritable)).await?;
    target.finish().map_err(unwritable)?;
    let json = json!({
        "artifact_id": id.to_string(), "file": file, "size": size, "saved": true,
        "original_filename": row.text("filename"), "content_type": row.text("content_type"),
    });
    Ok(Outcome::message(format!("Artifact saved: ID={id} -> {file} ({size} bytes)"), json))
}

/// Where an artifact's bytes are, and how many: in the file store, which we fill and which takes any; else in its row, where the
/// suite keeps them. A row's column may lack characters of a text, and then has others in their place.
async fn content_of(db: &mut Db, artifact: &Row) -> Result<Option<(Content, u64)>> {
    let alike = |table: &'static str, name: &'static str| {
        select::column(
            table,
            "id",
            Expr::col("job_id").eq(artifact.int("job_id")).and(Expr::col(name).eq(artifact.text("filename"))),
        )
        .order_by("id", Order::Asc)
        .take()
    };
    let mut kept = alike(tables::FILE_STORE, "file_name");
    let kept = db.fetch_all(kept.and_where(Expr::col("field").eq(ARTIFACT_FIELD))).await?;
    // Of several of one name each was stored with its own row, one after the other.
    let rows = db.fetch_all(&alike(TABLE.sql, "filename")).await?;
    let number = rows.iter().position(|row| row.first_int() == artifact.int("id")).unwrap_or_default();
    let has_each = kept.len() == rows.len();
    let in_store = if has_each { kept.get(number) } else { kept.last() };
    let in_store = in_store.and_then(Row::first_int);
    let in_store = in_store.map(|id| Content { table: tables::FILE_STORE, column: "file_data", is_text: false, id });
    let in_row = in_row(artifact.id("id")?);
    // Where it is not certain whose file is in the store, a row that has something is right.
    let places = if has_each { [in_store, Some(in_row)] } else { [Some(in_row), in_store] };
    for place in places.into_iter().flatten() {
        if let Some(size) = db.content_size(place).await?.filter(|size| *size > 0) {
            return Ok(Some((place, size)));
        }
    }
    match in_store {
        Some(place) => Ok(db.content_size(place).await?.map(|size| (place, size))),
        None => Ok(None),
    }
}
