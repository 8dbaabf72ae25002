//! `artifact`: files that jobs left behind.

use std::path::PathBuf;

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::json;

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
    let row = TABLE.require(db, id).await?;
    let content = content(db, &row).await?.ok_or_else(|| {
        Error::refused(format!("there is no content of artifact {id}: neither its row nor the file store has any"))
            .hint("It was empty, or what it held was deleted")
    })?;
    write(&args.file, &content).map_err(|cause| {
        Error::file(format!("cannot write artifact {id} to {}", args.file.display()), cause)
            .hint("--file takes the path of a file that you may write")
    })?;
    let file = args.file.display().to_string();
    let json = json!({
        "artifact_id": id.to_string(), "file": file, "size": content.len(), "saved": true,
        "original_filename": row.text("filename"), "content_type": row.text("content_type"),
    });
    Ok(Outcome::message(format!("Artifact saved: ID={id} -> {file} ({} bytes)", content.len()), json))
}

fn write(file: &std::path::Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, content)
}

/// An artifact's bytes: from its row, as the suite keeps them and we keep texts, else from the file store.
async fn content(db: &mut Db, artifact: &Row) -> Result<Option<Vec<u8>>> {
    let of_it = |column| Expr::col(column).eq(artifact.int("id"));
    if !artifact.get("artifact").is_null() && artifact.get("artifact").to_text() != "" {
        // The suite binds any bytes as text: as a text they would be read with what is no UTF-8 replaced.
        let bytes = match db.dialect {
            Dialect::Sqlite => "CAST(artifact AS BLOB)",
            Dialect::MySql => "CAST(artifact AS BINARY)",
            Dialect::Postgres => "convert_to(artifact, 'UTF8')",
        };
        let mut select = Query::select();
        select.expr_as(Expr::cust(bytes), "content").from(TABLE.sql).and_where(of_it("id"));
        return Ok(db.fetch_optional(&select).await?.and_then(|row| bytes_of(&row, "content")));
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
    let Some(file) = (if kept.len() == rows.len() { kept.get(number) } else { kept.last() }) else { return Ok(None) };
    let mut select = Query::select();
    select.column("file_data").from("file_store").and_where(Expr::col("id").eq(file.first_int()));
    Ok(db.fetch_optional(&select).await?.and_then(|row| bytes_of(&row, "file_data")))
}

fn bytes_of(row: &Row, column: &str) -> Option<Vec<u8>> {
    match row.get(column) {
        Value::Bytes(bytes) => Some(bytes.clone()),
        value if value.is_null() => None,
        value => Some(value.to_text().into_bytes()),
    }
}
