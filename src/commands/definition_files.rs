//! Which definitions a command reads: files, folders of them, stdin; one after the other, whatever becomes of one.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::commands::work::{STAYS, Work};
use crate::context::Context;
use crate::definition::{self, DefinitionKind, Violation};
use crate::error::{Error, Kind as ErrorKind, Result, exit};
use crate::output::file::NewFile;
use crate::output::{Outcome, Printer};

/// In place of a file's path: stdin or stdout.
pub const DASH: &str = "-";

#[derive(clap::Args)]
pub struct FilesArgs {
    /// The definition; - is stdin; may be given several times
    #[arg(long, value_name = "FILE", required_unless_present = "files")]
    file: Vec<PathBuf>,
    /// Definitions, or folders of them
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl FilesArgs {
    /// The files, those of a folder in the order of their names. Also tells whether one alone was named, and no folder.
    ///
    /// # Errors
    /// A folder cannot be read, or holds no definition.
    fn list(self, kind: DefinitionKind) -> Result<(Vec<PathBuf>, bool)> {
        let named: Vec<PathBuf> = self.file.into_iter().chain(self.files).collect();
        let is_one = matches!(named.as_slice(), [only] if !only.is_dir());
        let mut files = Vec::new();
        for path in named {
            if path.is_dir() {
                let found = in_folder(&path, kind)?;
                if found.is_empty() {
                    let message = format!("{} holds no *{}", path.display(), kind.suffix());
                    return Err(Error::new(ErrorKind::File, message).hint(
                        "A folder's definitions are found by the ends of their names; any other file is to be named itself",
                    ));
                }
                files.extend(found);
            } else if path.as_os_str() != DASH || !files.contains(&path) {
                files.push(path);
            }
        }
        Ok((files, is_one))
    }
}

/// Reads a definition that is to be imported or checked, and tells what is to be noted about it. Gives the notes too.
///
/// # Errors
/// It cannot be read, is not valid, or has longer texts than the database takes.
pub fn read(ctx: &Context, file: &Path, kind: DefinitionKind) -> Result<(Value, Vec<String>)> {
    let read = definition::read_valid(file, kind)?;
    definition::require_fitting(ctx.limits_texts(), kind, file, &read.value)?;
    let notes = read.notes(kind);
    notes.iter().for_each(|note| ctx.printer.note(&format!("warning: {note}")));
    Ok((read.value, notes))
}

/// The definitions of a folder, found by the ends of their names and in the order of these.
///
/// # Errors
/// The folder cannot be read.
pub fn in_folder(folder: &Path, kind: DefinitionKind) -> Result<Vec<PathBuf>> {
    let unreadable = |cause| {
        Error::file(format!("the folder {} cannot be read", folder.display()), cause)
            .hint(format!("Name a folder with *{} files, as a user who may read it", kind.suffix()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(kind.suffix()));
        if is_ours && path.is_file() {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Does to each definition what is to be done to one, each in a transaction of its own.
///
/// What several files came to is told of each; one alone is told as ever.
///
/// # Errors
/// Of one alone: whatever it fails by. Of several: the database cannot be worked with.
pub async fn each(
    ctx: &mut Context,
    files: FilesArgs,
    kind: DefinitionKind,
    mut work: impl AsyncFnMut(&mut Context, &Path) -> Result<Outcome>,
) -> Result<Outcome> {
    let (files, is_one) = files.list(kind)?;
    if let ([only], true) = (files.as_slice(), is_one) {
        return work(ctx, only).await;
    }
    let (mut told, mut failed) = (Vec::<Value>::new(), 0);
    let mut written = HashMap::<i64, &Path>::new();
    let mut progress = Work::begin(&ctx.printer, files.len() as u64, ("files", "are done"), STAYS)?;
    for file in &files {
        let shown = file.display().to_string();
        match progress.step(work(ctx, file)).await {
            Ok(outcome) => {
                let (text, mut json) = match outcome {
                    Outcome::Message { text, json } => (text, json),
                    _ => (String::new(), json!({})),
                };
                progress.aside(|| ctx.printer.line(&format!("{shown}: {text}")));
                let id = ["application_id", "credential_prototype_id"].iter().find_map(|key| json[key].as_i64());
                if let Some(id) = id
                    && let Some(earlier) = written.insert(id, file)
                {
                    let earlier = earlier.display();
                    let warning =
                        format!("warning: {shown} describes what {earlier} does, and took its place (ID: {id})");
                    progress.aside(|| ctx.printer.note(&warning));
                }
                json["status"] = "success".into();
                json["file"] = shown.into();
                told.push(json);
            }
            // Each of the others would wait for it again.
            Err(error) if matches!(error.kind, ErrorKind::Signalled(_)) => return Err(error),
            Err(error) if error.may_pass() => {
                return Err(error.within(format!("{shown} and what follows it is not done")));
            }
            Err(error) => {
                failed += 1;
                let mut json = error.to_json();
                json["file"] = shown.as_str().into();
                told.push(json);
                progress.aside(|| ctx.printer.note_always(&format!("error: {}", error.within(shown))));
            }
        }
        progress.advance(1)?;
    }
    drop(progress);
    let done = told.len() - failed;
    let text = match failed {
        0 => format!("{done} files done"),
        _ => format!("{done} files done, {failed} failed"),
    };
    let json = json!({"done": done, "failed": failed, "files": told});
    Ok(Outcome::message(text, json).with_code(if failed == 0 { exit::DONE } else { exit::FAILED }))
}

#[derive(clap::Args)]
pub struct ExportArgs {
    /// The file to write; - is stdout
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

/// Writes a definition to a file, or to stdout, where it is all that is printed. Warns of what had to be left out of it.
///
/// # Errors
/// The file cannot be written.
pub fn export(
    printer: &Printer,
    ExportArgs { file }: ExportArgs,
    (definition, violations): (Value, Vec<Violation>),
    done: impl FnOnce(String) -> Outcome,
) -> Result<Outcome> {
    for violation in &violations {
        printer.note(&format!("warning: left out: {violation}"));
    }
    let text = format!("{definition:#}\n");
    if file.as_os_str() == DASH {
        return Ok(Outcome::Raw(text.into_bytes()));
    }
    let shown = file.display().to_string();
    let written = NewFile::create(&file).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.finish()
    });
    written.map_err(|cause| {
        Error::file(format!("cannot write {shown}"), cause).hint("--file takes the path of a file that you may write")
    })?;
    Ok(done(shown))
}
