//! `man`: writes the man pages, for packagers. It is not in the help.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::{Noun, Scope, verb};
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
        .and_then(|()| name_notes(&args.directory))
        .map_err(|cause| {
            Error::file(format!("cannot write man pages to {shown}"), cause).hint("Name a directory that you may write")
        })?;
    Ok(Outcome::message(format!("Man pages written to {shown}"), json!({"written": true, "directory": shown})))
}

/// clap_mangen (0.3) heads what stands behind the options as EXTRA, a heading that no other man page has.
fn name_notes(directory: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        // The directory may hold pages of others.
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(cli::PROGRAM)) {
            continue;
        }
        let page = std::fs::read_to_string(&path)?;
        if page.contains(".SH EXTRA\n") {
            std::fs::write(&path, page.replace(".SH EXTRA\n", ".SH NOTES\n"))?;
        }
    }
    Ok(())
}

pub const NOUN: Noun = Noun {
    name: "man",
    aliases: &[],
    about: "Write the man pages to a directory",
    scope: Scope::Packaging,
    verbs: &[verb!("", "Write the man pages to a directory", Man, man)],
};
