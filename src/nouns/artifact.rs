//! `artifact`: files that jobs left behind.

use std::path::PathBuf;

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::json;

use crate::context::Context;
use crate::db::{Db, Row, Value};
use crate::error::{Error, Result};
use crate::nouns::{Noun, Scope, table_verb, verb};
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
    let content = content(db, &row).await?;
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

/// The column holds text; what is none is in the file store, under the job and the name.
async fn content(db: &mut Db, artifact: &Row) -> Result<Vec<u8>> {
    if let Some(text) = artifact.filled("artifact") {
        return Ok(text.into_bytes());
    }
    let mut select = Query::select();
    select.column("file_data").from("file_store").and_where(Expr::col("job_id").eq(artifact.int("job_id")));
    select.and_where(Expr::col("file_name").eq(artifact.text("filename")));
    let stored = db.fetch_optional(select.order_by("id", Order::Desc).limit(1)).await?;
    Ok(match stored.as_ref().map(|row| row.get("file_data")) {
        Some(Value::Bytes(bytes)) => bytes.clone(),
        Some(value) => value.to_text().into_bytes(),
        None => Vec::new(),
    })
}
