//! What a row of `application` is.

use crate::db::tables;
use crate::error::Result;
use crate::foreign_name::ForeignName;
use crate::table::{Column, Dependent, Kind, Table, Values, derive_uuid};

pub static TABLE: Table = Table {
    sql: tables::APPS,
    noun: "application",
    label: "Application",
    id_key: "application_id",
    listing: &["id", "name", "version", "executable", "ociimage", "uuid"],
    columns: &[
        Column::new("enabled", Kind::Bool, "Whether it is enabled").shown_as_bool().only_read(),
        Column::new("name", Kind::Name(64), "Its name").required().lookup().unique(&["name"]),
        Column::new("description", Kind::Text(255), "What it does").may_lack_value(),
        Column::new("tags", Kind::Text(255), "Its tags, separated by commas").also(&["topics"]),
        Column::new("executable", Kind::Name(255), "The program to run").required(),
        Column::new("cmdparams", Kind::Text(256), "The program's arguments; {NAME} stands for a variable's value"),
        Column::new("resultfile", Kind::Text(255), "The file that the program writes its result to").default(""),
        Column::new("uuid", Kind::Uuid, "Its UUID; random unless given").lookup().unique(&["uuid"]),
        Column::new(
            "ociimage",
            Kind::Custom { takes: "IMAGE", parse: image },
            "The OCI image to run in Kubernetes, Podman or Docker",
        )
        .may_lack_value(),
        Column::new(
            "helmchart",
            Kind::Custom { takes: "CHART", parse: chart },
            "The Helm chart to install first: a path, oci://… or repository/chart",
        )
        .unique(&["helmchart"]),
        Column::new("requirements", Kind::Text(255), "The credentials it needs, separated by commas").may_lack_value(),
        Column::new("homepage", Kind::Text(255), "Its home page").may_lack_value(),
        Column::new("version", Kind::Text(255), "Its version").option("appversion").may_lack_value(),
    ],
    created: &["DatCreate"],
    changed: Some("DatUpdate"),
    dependents: &[
        Dependent::new(tables::RUNTEMPLATE, "app_id", "runtemplates"),
        Dependent::new(tables::JOB, "app_id", "jobs"),
    ],
    before_create: derive,
    ..Table::DEFAULT
};

fn image(text: &str) -> Result<String, String> {
    Kind::Text(255).parse(text)?;
    ForeignName::Image.option(text)
}

fn chart(text: &str) -> Result<String, String> {
    Kind::Text(255).parse(text)?;
    ForeignName::Chart.option(text)
}

fn derive(values: &mut Values) -> Result<()> {
    derive_uuid(values)?;
    // Databases of suites that knew no charts lack the column.
    values.retain(|(column, value)| *column != "helmchart" || *value != Kind::Text(255).null());
    // MariaDB's column has no default and takes no NULL.
    values.push(("image", "".into()));
    Ok(())
}
