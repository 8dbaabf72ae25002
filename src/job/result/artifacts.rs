//! Storing artifacts: in the file store, and as an `artifacts` row for readers that know only those.
//!
//! A file goes there piece by piece: our memory holds none of any size. How large one may be is known before the program runs.

use std::fs::File;
use std::io::BufReader;

use chrono::NaiveDateTime;
use sea_query::{Expr, Query};

use crate::db::content::{ARTIFACT_FIELD, BINARY_NOTE, ContentSource, is_text};
use crate::db::internal;
use crate::db::{Db, tables};
use crate::error::{Error, Result};
use crate::executor::Artifact;
use crate::job::model::Job;

/// `note` and `file_path` take so many characters.
const TEXT_MAX: usize = 255;

/// An artifact of which is known that it can be stored, and how.
pub struct StorableArtifact {
    pub artifact: Artifact,
    content_type: &'static str,
    is_text: bool,
}

impl StorableArtifact {
    /// Looks through the file once.
    ///
    /// # Errors
    /// It cannot be read.
    fn new(artifact: Artifact) -> std::io::Result<StorableArtifact> {
        // What every one of the databases takes.
        let is_text = is_text(&mut File::open(&artifact.file)?, false)?;
        let content_type = if !is_text {
            "application/octet-stream"
        } else if is_json(BufReader::new(File::open(&artifact.file)?)) {
            "application/json"
        } else {
            "text/plain"
        };
        Ok(StorableArtifact { artifact, content_type, is_text })
    }

    /// An artifact from a file that holds what a recovery file has of it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn restored(path: &str, note: &str, content: File) -> std::io::Result<StorableArtifact> {
        let mut copy = Artifact::copy(path, content);
        note.clone_into(&mut copy.note);
        StorableArtifact::new(copy)
    }
}

/// Which artifacts can be stored; of the others, in words, why not.
pub fn examine(artifacts: Vec<Artifact>) -> (Vec<StorableArtifact>, Vec<String>) {
    let (mut storable, mut notices) = (Vec::new(), Vec::new());
    for artifact in artifacts {
        let path = artifact.path.clone();
        match StorableArtifact::new(artifact) {
            Ok(artifact) => storable.push(artifact),
            Err(cause) => notices.push(format!("artifact missing: {path} cannot be read: {cause}")),
        }
    }
    (storable, notices)
}

fn is_json(file: BufReader<File>) -> bool {
    serde_json::from_reader::<_, serde::de::IgnoredAny>(file).is_ok()
}

/// Stores an artifact of a job; call inside a transaction.
///
/// The `artifacts` row's column holds text; of other content it holds nothing, and the file store has it.
///
/// # Errors
/// The artifact's file cannot be read, or the database does not take it; nothing of the transaction may stand then.
pub async fn store(db: &mut Db, job: &Job, storable: &StorableArtifact, now: NaiveDateTime) -> Result<()> {
    let artifact = &storable.artifact;
    let name = artifact.path.rsplit('/').next().unwrap_or(&artifact.path);
    let cut = |text: &str| text.chars().take(TEXT_MAX).collect::<String>();
    let file = [
        ("job_id", Expr::val(job.id)),
        ("runtemplate_id", Expr::val(job.runtemplate)),
        ("field", Expr::val(ARTIFACT_FIELD)),
        ("file_name", Expr::val(cut(name))),
        ("file_path", Expr::val(cut(&artifact.path))),
        ("created_at", Expr::val(now)),
    ];
    write(db, tables::FILE_STORE, &file, ContentColumn::Bytes("file_data"), artifact).await?;
    let note = match artifact.note.as_str() {
        "" if !storable.is_text => BINARY_NOTE,
        note => note,
    };
    let row = [
        ("job_id", Expr::val(job.id)),
        ("filename", Expr::val(cut(name))),
        ("content_type", Expr::val(storable.content_type)),
        ("created_at", Expr::val(now)),
        ("note", Expr::val(cut(note))),
    ];
    if storable.is_text {
        return write(db, tables::ARTIFACTS, &row, ContentColumn::Text("artifact"), artifact).await;
    }
    let mut insert = Query::insert();
    insert.into_table(tables::ARTIFACTS).columns(row.iter().map(|(column, _)| *column).chain(["artifact"]));
    insert.values(row.into_iter().map(|(_, value)| value).chain([Expr::val("")])).map_err(internal)?;
    db.execute(&insert).await.map(drop)
}

/// The column that an artifact's content goes into, by what it takes.
enum ContentColumn {
    Text(&'static str),
    Bytes(&'static str),
}

/// Inserts a row, and the artifact's content into one of its columns.
async fn write(
    db: &mut Db,
    table: &'static str,
    row: &[(&'static str, Expr)],
    column: ContentColumn,
    artifact: &Artifact,
) -> Result<()> {
    let (column, is_text) = match column {
        ContentColumn::Text(name) => (name, true),
        ContentColumn::Bytes(name) => (name, false),
    };
    let unreadable = |cause| Error::file(format!("the artifact {} cannot be read", artifact.path), cause);
    let bytes = File::open(&artifact.file).map_err(unreadable)?;
    let size = bytes.metadata().map_err(unreadable)?.len();
    db.insert_content(ContentSource { table, row, column, is_text, bytes, size }, unreadable).await.map(drop)
}
