//! `application`: what can be run.

mod definition;

use crate::commands::definition_files::Files;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
use crate::db::Db;
use crate::error::Result;
use crate::foreign_name::ForeignName;
use crate::table::{Column, Dependent, Kind, Table, Values, derive_uuid};

pub static TABLE: Table = Table {
    sql: "apps",
    noun: "application",
    label: "Application",
    id_key: "application_id",
    listing: &["id", "name", "version", "executable", "ociimage", "uuid"],
    columns: &[
        Column::new("enabled", Kind::Bool, "Is it enabled?").shown_as_bool().only_read(),
        Column::new("name", Kind::Name(64), "Its name").required().lookup().unique(&["name"]),
        Column::new("description", Kind::Text(255), "What it does"),
        Column::new("tags", Kind::Text(255), "Its tags, with commas between").also(&["topics"]),
        Column::new("executable", Kind::Name(255), "The program to run").required(),
        Column::new("uuid", Kind::Uuid, "Its UUID; made where none is given").lookup().unique(&["uuid"]),
        Column::new("ociimage", Kind::Custom { takes: "IMAGE", parse: image }, "The OCI image that Kubernetes runs"),
        Column::new("requirements", Kind::Text(255), "The credentials it needs, with commas between"),
        Column::new("homepage", Kind::Text(255), "Its home page"),
        Column::new("version", Kind::Text(255), "Its version").option("appversion"),
    ],
    created: Some("DatCreate"),
    changed: Some("DatUpdate"),
    dependents: &[
        Dependent { table: "runtemplate", column: "app_id", blocks_as: "runtemplates" },
        Dependent { table: "job", column: "app_id", blocks_as: "jobs" },
        Dependent { table: "configuration", column: "app_id", blocks_as: "" },
        Dependent { table: "conffield", column: "app_id", blocks_as: "" },
        Dependent { table: "companyapp", column: "app_id", blocks_as: "" },
        Dependent { table: "company_apps", column: "app_id", blocks_as: "" },
        Dependent { table: "app_translations", column: "app_id", blocks_as: "" },
        Dependent { table: "app_exit_codes", column: "app_id", blocks_as: "" },
        Dependent { table: "app_artifacts", column: "app_id", blocks_as: "" },
        Dependent { table: "app_produces", column: "app_id", blocks_as: "" },
        Dependent { table: "app_consumes", column: "app_id", blocks_as: "" },
        Dependent { table: "app_kubernetes", column: "app_id", blocks_as: "" },
    ],
    before_create: derive,
};

fn image(text: &str) -> Result<String, String> {
    Kind::Text(255).parse(text)?;
    ForeignName::Image.option(text)
}

fn derive(db: &Db, values: &mut Values) -> Result<()> {
    derive_uuid(db, values)?;
    // MariaDB's column has no default and takes no NULL.
    values.push(("image", "".into()));
    Ok(())
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["app"],
    about: "Applications: what can be run",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List applications").listing(),
        table_verb!(get, TABLE, "Show an application"),
        table_verb!(create, TABLE, "Create an application"),
        table_verb!(update, TABLE, "Change an application"),
        table_verb!(delete as "delete" "deleted", TABLE, "Delete an application that nothing uses"),
        verb!("import-json", "Import an application from its definition", Files, definition::import),
        mixed_verb!(
            "export-json",
            pick,
            TABLE,
            definition::Export,
            definition::export,
            "Write an application's definition"
        ),
        verb!(
            "remove-json",
            "Delete the application that a definition describes",
            definition::File,
            definition::remove
        )
        .destroying(),
        verb!("validate-json", "Check a definition against the schema", Files, definition::validate),
        mixed_verb!("show-config", get, TABLE, NoArgs, definition::show_config, "Show the fields an application takes")
            .listing(),
    ],
};
