//! `application`: what can be run.

mod definition;
mod table;

use crate::commands::definition_files::FilesArgs;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
pub use table::TABLE;

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
        verb!("import-json", "Import an application from its definition", FilesArgs, definition::import),
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
        verb!("validate-json", "Check a definition against the schema", FilesArgs, definition::validate),
        mixed_verb!("show-config", get, TABLE, NoArgs, definition::show_config, "Show the fields an application takes")
            .listing(),
    ],
};
