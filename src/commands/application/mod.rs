//! `application`: what can be run.

mod definition;
mod table;

use clap::ArgMatches;

use crate::commands::definition_files::{ExportArgs, FilesArgs};
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, parent, table_verb, verb};
use crate::context::Context;
use crate::error::Result;
use crate::id::AppId;
use crate::job::queue::withdraw::Changed;
use crate::output::Outcome;
pub use table::TABLE;

/// The columns of which a job's command line and variables are made when it begins to wait.
const JOB_COLUMNS: &[&str] = &["name", "uuid", "executable", "cmdparams"];

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    parent::update(ctx, &TABLE, matches, JOB_COLUMNS, |id| Changed::Application(AppId(id))).await
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
        mixed_verb!("update", update, TABLE, NoArgs, update, "Change an application"),
        table_verb!(delete as "delete" "deleted", TABLE, "Delete an application that nothing uses"),
        verb!("import-json", "Import an application from its definition", FilesArgs, definition::import),
        mixed_verb!("export-json", pick, TABLE, ExportArgs, definition::export, "Write an application's definition"),
        verb!(
            "remove-json",
            "Delete the application that a definition describes",
            definition::File,
            definition::remove
        )
        .destroying(),
        verb!("validate-json", "Check a definition against the schema", FilesArgs, definition::validate).reading(),
        mixed_verb!("show-config", get, TABLE, NoArgs, definition::show_config, "Show the fields an application takes")
            .listing(),
    ],
};
