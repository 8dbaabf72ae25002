//! What a row of `company` is.

use crate::db::tables;
use crate::table::{Column, Dependent, Kind, Table, Wording};

/// What the suite's column takes on a server.
pub const SLUG_LIMIT: usize = 10;

pub static TABLE: Table = Table {
    sql: tables::COMPANY,
    noun: "company",
    label: "Company",
    wording: Wording::Id,
    id_key: "company_id",
    listing: &["id", "name", "slug", "ic", "email", "enabled"],
    columns: &[
        Column::new("name", Kind::Name(32), "Its name").required().lookup().unique(&["name", "slug"]),
        Column::new("customer", Kind::Reference, "Its customer's id").may_lack_value(),
        Column::new("enabled", Kind::Bool, "Whether it is enabled").shown_as_bool().may_lack_value(),
        Column::new("settings", Kind::Text(65_535), "Settings, as the suite keeps them").may_lack_value(),
        Column::new("logo", Kind::Text(1 << 24), "Its logo, a URL or a data: URL").default("").may_lack_value(),
        Column::new("ic", Kind::Text(32), "Its registration number").lookup().may_lack_value(),
        Column::new("slug", Kind::Name(SLUG_LIMIT), "A short name for paths and programs").lookup().unique(&["slug"]),
        Column::new("email", Kind::Email, "Its e-mail address"),
        Column::new("zabbix_host", Kind::Text(255), "Its host in Zabbix").may_lack_value(),
    ],
    created: &["DatCreate"],
    changed: Some("DatUpdate"),
    dependents: &[
        Dependent::new(tables::RUNTEMPLATE, "company_id", "runtemplates"),
        Dependent::new(tables::JOB, "company_id", "jobs"),
        Dependent::new(tables::CREDENTIALS, "company_id", "credentials"),
    ],
    ..Table::DEFAULT
};
