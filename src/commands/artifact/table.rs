//! The table of artifacts, and where their contents are.

use crate::db::content::Content;
use crate::db::tables;
use crate::table::{Column, Kind, Table};

pub static TABLE: Table = Table {
    sql: tables::ARTIFACTS,
    noun: "artifact",
    label: "Artifact",
    id_key: "artifact_id",
    // The content is only for `get` and `save`: it may be long.
    listing: &["id", "job_id", "filename", "content_type", "created_at", "note"],
    columns: &[Column::new("job_id", Kind::Id, "Its job").filter().only_read()],
    ..Table::DEFAULT
};

/// The column of what an artifact holds.
pub const CONTENT: &str = "artifact";

/// A content of more bytes is read and printed piece by piece.
pub const LONG: u64 = 1 << 20;

/// What an artifact holds in its row.
pub fn in_row(id: i64) -> Content {
    Content { table: TABLE.sql, column: CONTENT, is_text: true, id }
}
