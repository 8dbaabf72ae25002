//! What a row of `credential-prototype` is.

use crate::db::tables;
use crate::table::{Column, Kind, Table, derive_uuid};

pub static TABLE: Table = Table {
    sql: tables::CREDENTIAL_PROTOTYPE,
    noun: "credential-prototype",
    label: "Credential prototype",
    id_key: "credential_prototype_id",
    listing: &["id", "code", "name", "version", "uuid", "tags"],
    columns: &[
        Column::new("uuid", Kind::Uuid, "Its UUID; random unless given").lookup().unique(&["uuid"]),
        Column::new("code", Kind::Name(64), "Its code, which applications name").required().lookup().unique(&["code"]),
        Column::new("name", Kind::Name(255), "Its name").required(),
        Column::new("description", Kind::Text(65_535), "What it is for"),
        Column::new("version", Kind::Text(20), "Its version").option("prototype-version").default("1.0"),
        Column::new("logo", Kind::Text(255), "Its logo, a URL or a file's name"),
        Column::new("url", Kind::Text(255), "A web page about it"),
    ],
    created: &["created_at"],
    changed: Some("updated_at"),
    before_create: derive_uuid,
    ..Table::DEFAULT
};
