//! What a row of `user` is.

use crate::db::tables;
use crate::table::{Column, Dependent, Kind, Table};

pub static TABLE: Table = Table {
    sql: tables::USER,
    noun: "user",
    label: "User",
    id_key: "user_id",
    listing: &["id", "login", "firstname", "lastname", "email", "enabled", "last_login_at"],
    columns: &[
        Column::new("login", Kind::Name(32), "Their login").required().lookup().unique(&["login"]),
        Column::new("firstname", Kind::Text(32), "Their first name"),
        Column::new("lastname", Kind::Text(32), "Their last name"),
        Column::new("email", Kind::Email, "Their e-mail address").lookup(),
        Column::new("password", Kind::Text(255), "Their password as a bcrypt hash").secret(),
        Column::new("enabled", Kind::Bool, "Whether they may log in").default("1").may_lack_value(),
    ],
    created: &["DatCreate"],
    changed: Some("DatSave"),
    dependents: &[Dependent::new(tables::JOB, "launched_by", "jobs that they launched")],
    ..Table::DEFAULT
};
