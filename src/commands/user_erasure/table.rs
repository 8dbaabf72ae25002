//! What a row of `user-erasure` is.

use clap::ValueEnum;
use strum::{Display, EnumString, IntoStaticStr, VariantNames};

use crate::db::tables;
use crate::table::Table;

// Options take both enums: a doc comment of a variant would be a line of their help.

/// How data is erased: the words of the column `deletion_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Display, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Deletion {
    // The user is switched off, and the data stays.
    Soft,
    // The user is deleted.
    Hard,
    // Personal data is replaced.
    Anonymize,
}

/// How far a request came: the words of the column `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Approved,
    Rejected,
    Completed,
}

impl From<Deletion> for sea_query::Value {
    fn from(deletion: Deletion) -> sea_query::Value {
        <&str>::from(deletion).into()
    }
}

impl From<Status> for sea_query::Value {
    fn from(status: Status) -> sea_query::Value {
        <&str>::from(status).into()
    }
}

pub static TABLE: Table = Table {
    sql: tables::USER_DELETION_REQUESTS,
    noun: "user-erasure",
    label: "Erasure request",
    id_key: "request_id",
    listing: &["id", "user_id", "deletion_type", "status", "request_date", "reason", "completed_date"],
    ..Table::DEFAULT
};
