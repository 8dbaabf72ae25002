//! `man`: writes the man pages, for packagers. It is not in the help.

use std::path::PathBuf;

use serde_json::json;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::{Noun, verb};
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Man {
    /// The directory to write the pages to; it is made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

pub async fn man(_: &mut Context, args: Man) -> Result<Outcome> {
    let shown = args.directory.display().to_string();
    std::fs::create_dir_all(&args.directory)
        .and_then(|()| clap_mangen::generate_to(cli::root(), &args.directory))
        .map_err(|cause| {
            Error::file(format!("cannot write man pages to {shown}"), cause).hint("Name a directory that you may write")
        })?;
    Ok(Outcome::message(format!("Man pages written to {shown}"), json!({"written": true, "directory": shown})))
}

pub const NOUN: Noun = Noun {
    name: "man",
    aliases: &[],
    about: "Write the man pages to a directory",
    verbs: &[verb!("", "Write the man pages to a directory", Man, man)],
};
