//! `credential-prototype sync`: brings in the prototypes that are built in, and every definition of a directory. The suite takes
//! them from its own classes; its packages install definitions as files.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::commands::credential_prototype::file;
use crate::commands::definition_files;
use crate::context::Context;
use crate::definition::credential::Prototype;
use crate::definition::{self, DefinitionKind, import_credential};
use crate::error::{self, Error, Result};
use crate::output::Outcome;

/// Where the suite's packages install definitions.
const PACKAGED: &[&str] = &["/usr/share/multiflexi/credential-prototype", "/usr/share/multiflexi"];
/// The prototypes that the suite has as classes.
const BUILT_IN: &str = include_str!("built_in.json");
/// What of one that is there stays: somebody may have set it, or a definition that was imported.
const KEPT: &[&str] = &["homepage", "tags", "updated_at", import_credential::FIELDS];

#[derive(clap::Args)]
pub struct Sync {
    /// Take the *.credprototype.json of this directory only, not the built-in ones and those that the suite's packages install
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// What became of the prototypes.
#[derive(Default)]
struct SyncCounts {
    created: usize,
    updated: usize,
    failed: Vec<String>,
    lines: Vec<String>,
}

impl SyncCounts {
    fn json(&self, processed: usize, skipped: u32) -> Value {
        let SyncCounts { created, updated, failed, .. } = self;
        json!({
            "processed": processed, "created": created, "updated": updated, "errors": failed.len(), "skipped": skipped,
        })
    }

    fn enter(&mut self, done: Result<(String, bool)>) {
        match done {
            Ok((code, true)) => {
                self.created += 1;
                self.lines.push(format!("Created prototype: {code}"));
            }
            Ok((code, false)) => {
                self.updated += 1;
                self.lines.push(format!("Updated prototype: {code}"));
            }
            Err(error) => self.failed.push(error.line()),
        }
    }
}

/// Brings in the built-in credential prototypes and those that are installed, or those of one directory.
///
/// # Errors
/// There is no definition, a folder cannot be read, the database cannot be worked with, or a prototype cannot be imported. What
/// was brought in stays; where one alone is wrong the others are brought in all the same.
pub async fn sync(ctx: &mut Context, args: Sync) -> Result<Outcome> {
    let (directories, built_in) = match args.directory {
        Some(directory) => (vec![directory], Vec::new()),
        None => (PACKAGED.iter().map(PathBuf::from).filter(|path| path.is_dir()).collect(), built_in()?),
    };
    let mut files = Vec::new();
    for directory in &directories {
        files.extend(definition_files::in_folder(directory, DefinitionKind::CredentialPrototype)?);
    }
    let processed = files.len() + built_in.len();
    if processed == 0 {
        let places: Vec<_> = directories.iter().map(|path| path.display().to_string()).collect();
        return Err(Error::not_found(format!("there is no *.credprototype.json in {}", places.join(", ")))
            .hint("--directory=DIR names where they are; `multiflexi-cli credential-prototype import-json --file=FILE` takes a single one"));
    }
    let (now, mut tally) = (ctx.now(), SyncCounts::default());
    // The suite has a class without fields, which it counts and passes over.
    let skipped = u32::from(!built_in.is_empty());
    let limits_texts = ctx.limits_texts();
    let db = ctx.db().await?;
    let read = |path: &PathBuf| {
        let kind = DefinitionKind::CredentialPrototype;
        let read = definition::read_valid(path, kind)?;
        definition::require_fitting(limits_texts, kind, path, &read.value)?;
        Prototype::from_value(&read.value)
    };
    // What is installed says more than what is built in.
    let sources = built_in.into_iter().map(|prototype| (Ok(prototype), KEPT));
    for (prototype, kept) in sources.chain(files.iter().map(|path| (read(path), &[][..]))) {
        let done = match prototype {
            Ok(prototype) => {
                let imported = file::write(db, &prototype, now, kept).await;
                imported.map(|imported| (prototype.code, imported.created))
            }
            Err(error) => Err(error),
        };
        match done {
            // Each of the others would wait for it again.
            Err(error) if error.may_pass() || matches!(error.kind, error::Kind::Signalled(_)) => {
                return Err(error.detail("synchronized", tally.json(processed, skipped)));
            }
            done => tally.enter(done),
        }
    }
    let json = tally.json(processed, skipped);
    let SyncCounts { created, updated, failed, mut lines } = tally;
    if !failed.is_empty() {
        let message = format!("{} of {processed} credential prototypes cannot be imported", failed.len());
        let mut error = Error::refused(message)
            .hint("`multiflexi-cli credential-prototype validate-json --file=FILE` says what is wrong with a file");
        error.causes = failed;
        return Err(error.detail("synchronized", json));
    }
    lines.push(format!("{processed} processed, {created} created, {updated} updated"));
    Ok(Outcome::message(lines.join("\n"), json))
}

fn built_in() -> Result<Vec<Prototype>> {
    let definitions: Vec<serde_json::Value> = serde_json::from_str(BUILT_IN)
        .map_err(|cause| Error::new(error::Kind::Internal, "the built-in prototypes cannot be read").because(cause))?;
    definitions.iter().map(Prototype::from_value).collect()
}

/// The codes of the prototypes that the suite has as classes.
///
/// # Errors
/// They cannot be read, which tests see to.
pub fn built_in_codes() -> Result<Vec<String>> {
    Ok(built_in()?.into_iter().map(|prototype| prototype.code).collect())
}
