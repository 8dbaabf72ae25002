//! `credential-prototype sync`: imports every definition of a directory. The suite takes them from its own classes; their
//! packages install the same as files.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::context::Context;
use crate::definition::credential::Prototype;
use crate::definition::{self, Kind};
use crate::error::{Error, Result};
use crate::output::Outcome;

/// Where the suite's packages install definitions.
const PACKAGED: &[&str] = &["/usr/share/multiflexi/credential-prototype", "/usr/share/multiflexi"];

#[derive(clap::Args)]
pub struct Sync {
    /// Where to look for *.credprototype.json, instead of where the suite's packages install them
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

pub async fn sync(ctx: &mut Context, args: Sync) -> Result<Outcome> {
    let directories = match &args.directory {
        Some(directory) => vec![directory.clone()],
        None => PACKAGED.iter().map(PathBuf::from).filter(|path| path.is_dir()).collect(),
    };
    let mut files = Vec::new();
    for directory in &directories {
        files.extend(definitions_in(directory)?);
    }
    if files.is_empty() {
        let places = args.directory.map_or_else(|| PACKAGED.join(", "), |path| path.display().to_string());
        return Err(Error::not_found(format!("there is no *.credprototype.json in {places}"))
            .hint("--directory=DIR names where they are; `credential-prototype import-json` takes a single one"));
    }
    let now = ctx.now();
    let (mut created, mut updated, mut failed) = (0, 0, Vec::new());
    let mut lines = Vec::new();
    for path in &files {
        let read =
            definition::read_valid(path, Kind::CredentialPrototype).and_then(|value| Prototype::from_value(&value));
        let done = match read {
            Ok(prototype) => {
                let imported = definition::import_credential::import(ctx.db().await?, &prototype, now).await;
                imported.map(|imported| (prototype.code, imported.created))
            }
            Err(error) => Err(error),
        };
        match done {
            Ok((code, true)) => {
                created += 1;
                lines.push(format!("Created prototype: {code}"));
            }
            Ok((code, false)) => {
                updated += 1;
                lines.push(format!("Updated prototype: {code}"));
            }
            Err(error) => failed.push(error.line()),
        }
    }
    let json = json!({
        "processed": files.len(), "created": created, "updated": updated, "errors": failed.len(), "skipped": 0,
    });
    if !failed.is_empty() {
        let message = format!("{} of {} credential prototypes cannot be imported", failed.len(), files.len());
        let mut error =
            Error::refused(message).hint("`credential-prototype validate-json` says what is wrong with a file");
        error.causes = failed;
        return Err(error.detail("synchronized", json));
    }
    lines.push(format!("{} processed, {created} created, {updated} updated", files.len()));
    Ok(Outcome::Report { text: lines.join("\n"), json })
}

fn definitions_in(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory).map_err(|cause| {
        Error::file(format!("cannot read the directory {}", directory.display()), cause)
            .hint("--directory takes a directory with *.credprototype.json files")
    })?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".credprototype.json"));
    files.sort();
    Ok(files)
}
