//! What a row of `credential` is.

use crate::db::tables;
use crate::table::{Column, Dependent, Kind, Table};

pub static TABLE: Table = Table {
    sql: tables::CREDENTIALS,
    noun: "credential",
    label: "Credential",
    id_key: "credential_id",
    columns: &[
        Column::new("name", Kind::Name(255), "Its name; by default its company's"),
        Column::new("company_id", Kind::Id, "Its company's id").only_read(),
        Column::new("credential_type_id", Kind::Id, "Its credential type's id").option("credential-type-id").required(),
    ],
    dependents: &[Dependent::new(tables::RUNTPLCREDS, "credentials_id", "runtemplates")
        .freed_by("runtemplate_id", |id, runtemplate| {
            format!("runtemplate unassign-credential --id={runtemplate} --credential_id={id}")
        })],
    ..Table::DEFAULT
};
