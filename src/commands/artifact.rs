//! `artifact`: files that jobs left behind.

use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::json;
use tempfile::SpooledTempFile;

use crate::commands::{Noun, Scope, table_verb, verb};
use crate::context::Context;
use crate::db::{Db, Dialect, Row, Value};
use crate::error::{Error, Result};
use crate::job::run::files::ARTIFACT_FIELD;
use crate::output::Outcome;
use crate::table::{Column, Kind, Table, nothing_to_derive};

pub static TABLE: Table = Table {
    sql: "artifacts",
    noun: "artifact",
    label: "Artifact",
    id_key: "artifact_id",
    // The content is only for `get` and `save`: it may be long.
    listing: &["id", "job_id", "filename", "content_type", "created_at", "note"],
    columns: &[Column::new("job_id", Kind::Id, "Its job").filter().only_read()],
    created: None,
    changed: None,
    dependents: &[],
    before_create: nothing_to_derive,
};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Artifacts: files that jobs left behind",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List artifacts").listing(),
        table_verb!(get, TABLE, "Show an artifact"),
        verb!("save", "Write an artifact into a file", Save, save),
    ],
};

#[derive(clap::Args)]
struct Save {
    /// The artifact
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
    /// The file to write; folders on the way are made
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

async fn save(ctx: &mut Context, args: Save) -> Result<Outcome> {
    let id = args.id;
    let db = ctx.db().await?;
    let mut select = Query::select();
    select.columns(["id", "job_id", "filename", "content_type"]).from(TABLE.sql).and_where(Expr::col("id").eq(id));
    let Some(row) = db.fetch_optional(&select).await? else {
        return Err(TABLE.unknown("id", &id.to_string()));
    };
    let content = Content::of(db, &row).await?.ok_or_else(|| {
        Error::refused(format!("there is no content of artifact {id}: neither its row nor the file store has any"))
            .hint("It was empty, or what it held was deleted")
    })?;
    let file = args.file.display().to_string();
    let unwritable = |cause| {
        Error::file(format!("cannot write artifact {id} to {file}"), cause)
            .hint("--file takes the path of a file that you may write")
    };
    let mut whole = content.gathered(db).await?;
    let mut target = create(&args.file).map_err(unwritable)?;
    io::copy(&mut whole, &mut target).map_err(unwritable)?;
    let size = content.size;
    let json = json!({
        "artifact_id": id.to_string(), "file": file, "size": size, "saved": true,
        "original_filename": row.text("filename"), "content_type": row.text("content_type"),
    });
    Ok(Outcome::message(format!("Artifact saved: ID={id} -> {file} ({size} bytes)"), json))
}

fn create(file: &std::path::Path) -> std::io::Result<std::fs::File> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create(file)
}

/// So many bytes are asked for at once: more than a file would be all the memory.
const PIECE: i64 = 4 << 20;

/// Where an artifact's bytes are: in its row, as the suite keeps them and we keep texts, else in the file store.
struct Content {
    table: &'static str,
    /// Its bytes, in SQL.
    bytes: &'static str,
    id: i64,
    size: i64,
}

impl Content {
    async fn of(db: &mut Db, artifact: &Row) -> Result<Option<Content>> {
        // The suite binds any bytes as text: as a text they would be read with what is no UTF-8 replaced.
        let (in_row, in_store) = match db.dialect {
            Dialect::Sqlite => ("CAST(artifact AS BLOB)", "CAST(file_data AS BLOB)"),
            Dialect::MySql => ("CAST(artifact AS BINARY)", "file_data"),
            Dialect::Postgres => ("convert_to(artifact, 'UTF8')", "file_data"),
        };
        let content = Content { table: TABLE.sql, bytes: in_row, id: artifact.id("id")?, size: 0 };
        if let Some(content) = content.sized(db).await?.filter(|content| content.size > 0) {
            return Ok(Some(content));
        }
        let alike = |table: &'static str, name: &'static str| {
            let mut select = Query::select();
            select.column("id").from(table).and_where(Expr::col("job_id").eq(artifact.int("job_id")));
            select.and_where(Expr::col(name).eq(artifact.text("filename"))).order_by("id", Order::Asc);
            select
        };
        let mut kept = alike("file_store", "file_name");
        let kept = db.fetch_all(kept.and_where(Expr::col("field").eq(ARTIFACT_FIELD))).await?;
        // Of several of one name each was stored with its own row, one after the other.
        let rows = db.fetch_all(&alike(TABLE.sql, "filename")).await?;
        let number = rows.iter().position(|row| row.first_int() == artifact.int("id")).unwrap_or_default();
        let file = if kept.len() == rows.len() { kept.get(number) } else { kept.last() };
        let Some(id) = file.and_then(Row::first_int) else { return Ok(None) };
        Content { table: "file_store", bytes: in_store, id, size: 0 }.sized(db).await
    }

    /// The same with its size; None where there is nothing.
    async fn sized(self, db: &mut Db) -> Result<Option<Content>> {
        let mut select = Query::select();
        select.expr_as(Expr::cust(format!("length({})", self.bytes)), "size").from(self.table);
        let row = db.fetch_optional(select.and_where(Expr::col("id").eq(self.id))).await?;
        Ok(row.and_then(|row| row.first_int()).map(|size| Content { size, ..self }))
    }

    /// All of it, on disk where it is more than a piece, to be read from its beginning: a database that goes away in the middle
    /// leaves no half of a file, and no file that was there before is lost.
    async fn gathered(&self, db: &mut Db) -> Result<SpooledTempFile> {
        let unkept = |cause| {
            Error::file("cannot keep the artifact while it is read", cause)
                .hint("TMPDIR names the folder for it; it needs as much room as the artifact")
        };
        let mut whole = SpooledTempFile::new(PIECE as usize);
        let mut from = 0;
        while from < self.size {
            whole.write_all(&self.piece(db, from).await?).map_err(unkept)?;
            from += PIECE;
        }
        whole.rewind().map_err(unkept)?;
        Ok(whole)
    }

    async fn piece(&self, db: &mut Db, from: i64) -> Result<Vec<u8>> {
        let mut select = Query::select();
        select.expr_as(Expr::cust(format!("substr({}, {}, {PIECE})", self.bytes, from + 1)), "piece");
        let row = db.fetch_optional(select.from(self.table).and_where(Expr::col("id").eq(self.id))).await?;
        match row.map(|mut row| row.values.swap_remove(0)) {
            Some(Value::Bytes(piece)) => Ok(piece),
            Some(piece) if !piece.is_null() => Ok(piece.to_text().into_bytes()),
            _ => Err(Error::refused("the artifact has just been deleted")),
        }
    }
}
