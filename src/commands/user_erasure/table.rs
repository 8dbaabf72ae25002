//! What a row of `user-erasure` is.

use crate::table::{Table, nothing_to_derive};

pub static TABLE: Table = Table {
    sql: "user_deletion_requests",
    noun: "user-erasure",
    label: "Erasure request",
    id_key: "request_id",
    listing: &["id", "user_id", "deletion_type", "status", "request_date", "reason", "completed_date"],
    columns: &[],
    created: &[],
    changed: None,
    dependents: &[],
    before_create: nothing_to_derive,
};
