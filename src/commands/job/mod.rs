//! `job`: one run of an application.

mod cancel;
mod delete;
pub mod filter;
pub mod get;
mod list;
mod output;
mod record;
mod recover;
mod retry;
pub mod run;
mod save;
pub mod series;
mod status;
mod table;
mod wait;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, verb};
pub use table::{SECRET, TABLE};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Jobs: single runs of applications",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", list, TABLE, list::ListArgs, list::list, "List jobs").listing(),
        mixed_verb!("get", get, TABLE, get::GetArgs, get::get, "Show a job with its output").reading(),
        verb!("status", "Count jobs by state", NoArgs, status::status).reading(),
        verb!("create", "Create a job without queueing it", save::Create, save::create),
        verb!("update", "Change a job that has not begun", save::Update, save::update),
        verb!("delete", "Delete a job with its output and artifacts", delete::Delete, delete::delete).deleting(),
        verb!("output", "Print what a job printed", output::Output, output::output).watching(output::watched),
        verb!("wait", "Wait until jobs have ended", wait::Wait, wait::wait).watching(wait::watched),
        verb!("cancel", "Cancel a job that waits or runs", cancel::Cancel, cancel::cancel).destroying(),
        verb!("retry", "Queue a new job like one that has ended", retry::Retry, retry::retry),
        verb!("cleanup", "Delete old jobs", delete::Cleanup, delete::cleanup).destroying(),
        verb!("recover", "Load a result that could not be saved", recover::Recover, recover::recover),
        verb!("run", "Run a job here and now, and wait for it to end", run::Run, run::run).exiting(run::EXIT_CODES),
    ],
};
