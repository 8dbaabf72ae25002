//! Making a job's container: its variables, its labels, its uploaded files, and why there is none.

use std::path::Path;
use std::time::Duration;

use super::left::labels;
use super::{Container, SHORT, said_words};
use crate::executor::files::IN_CONTAINER;
use crate::executor::process::Captured;
use crate::executor::{Cancel, Ended, Ending, Job, Reason, Variable, shell_line};

/// Creating may have to pull the image.
const PULL: Duration = Duration::from_secs(30 * 60);
/// Of a file of variables the engines take lines that are shorter than 64 KiB.
const LINE_MAX: usize = 60_000;

impl Container {
    /// Makes the container and puts the uploaded files into it. None where the job was cancelled meanwhile.
    pub(super) async fn create(
        &mut self,
        job: &Job,
        cancel: &Cancel,
        ended: &mut Ended,
    ) -> Result<Option<String>, Reason> {
        if self.image.is_empty() {
            let message = format!("the application {} names no image: set its ociimage", job.application);
            return Err(Reason { code: "NoImage", message });
        }
        let Some((program, arguments)) = job.command.split_first() else {
            let message = format!("the application {} names no program to run: set its executable", job.application);
            return Err(Reason { code: "NoCommand", message });
        };
        let name = format!("mf-job-{}-{}", job.id, uuid::Uuid::new_v4().simple().to_string().split_at(6).0);
        let mut head = vec!["create".to_owned(), format!("--name={name}")];
        head.push("--label=app.kubernetes.io/managed-by=multiflexi-cli".to_owned());
        head.extend(labels(job.id, &job.database).map(|label| format!("--label={label}")));
        let mut command = self.command();
        let (file, others) = variables(&job.environment);
        for variable in others {
            if std::env::var_os(&variable.name).is_some() {
                let message = format!(
                    "the value of {} has a line break or more than {LINE_MAX} bytes, and {} uses a variable of that name itself: give the variable another name",
                    variable.name,
                    self.engine.program()
                );
                return Err(Reason { code: "Variable", message });
            }
            head.push(format!("--env={}", variable.name));
            command.env(&variable.name, &variable.value);
        }
        head.push("--env-file=/dev/stdin".to_owned());
        head.extend([format!("--entrypoint={program}"), self.image.clone()]);
        head.extend(arguments.iter().cloned());
        let shown: Vec<String> =
            std::iter::once(self.engine.program().to_owned()).chain(head.iter().cloned()).collect();
        ended.command = shell_line(&shown, &job.environment);
        command.args(&head);
        // From here on there may be one.
        self.name = Some(name.clone());
        let said = tokio::select! {
            said = self.call(command, Some(file.into_bytes()), PULL) => said?,
            signal = cancel.cancelled() => {
                ended.ending = Ending::Cancelled(signal);
                return Ok(None);
            }
        };
        if !said.ok() {
            return Err(self.not_created(&said));
        }
        self.bring_files(job, &name).await?;
        Ok(Some(name))
    }

    /// Why there is no container, in words.
    fn not_created(&self, said: &Captured) -> Reason {
        let (program, image, why) = (self.engine.program(), &self.image, said_words(said));
        let lower = why.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
        if said.timed_out {
            let minutes = PULL.as_secs() / 60;
            let message = format!("{program} could not bring the image {image} within {minutes} minutes");
            return Reason { code: "ImagePull", message };
        }
        if has(&[
            "cannot connect to the docker daemon",
            "cannot connect to podman",
            "permission denied while trying to connect",
        ]) {
            let message =
                format!("{program} does not answer: {why}; start its service, or give this user access to it");
            return Reason { code: "EngineUnreachable", message };
        }
        if has(&[
            "pull",
            "initializing source",
            "manifest",
            "no such image",
            "not known",
            "registry",
            "short-name",
            "image",
        ]) {
            let message = format!(
                "the image {image} is not here and cannot be pulled by {program}: {why}; correct the application's ociimage, log in to its registry, or pull it by hand"
            );
            return Reason { code: "ImagePull", message };
        }
        Reason { code: "StartError", message: format!("{program} could not make a container of {image}: {why}") }
    }

    /// Puts the uploaded files where the program looks for them, readable for whatever user the image runs as.
    async fn bring_files(&self, job: &Job, name: &str) -> Result<(), Reason> {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt as _;
        let failed = |why: String| {
            let message =
                format!("the files that were uploaded for the job cannot be copied into its container: {why}");
            Reason { code: "FilesNotCopied", message }
        };
        let mut folder = None;
        for file in &job.files.uploaded {
            let own = file.source.parent();
            folder = own.and_then(Path::parent);
            // The job's directory around them stays closed to others.
            for (path, mode) in [(Some(file.source.as_path()), 0o644), (own, 0o755), (folder, 0o755)] {
                let Some(path) = path else { continue };
                set_permissions(path, Permissions::from_mode(mode)).map_err(|error| failed(error.to_string()))?;
            }
        }
        let Some(folder) = folder else { return Ok(()) };
        let mut command = self.command();
        command.arg("cp").arg(folder).arg(format!("{name}:{}", IN_CONTAINER));
        let said = self.call(command, None, SHORT).await?;
        if said.ok() { Ok(()) } else { Err(failed(said_words(&said))) }
    }
}

/// The variables as the lines that both engines read, and those that fit into no line: their values go by the environment
/// of the engine's own process.
fn variables(environment: &[Variable]) -> (String, Vec<&Variable>) {
    let (mut file, mut others) = (String::new(), Vec::new());
    for variable in environment {
        let fits = variable.name.len() + variable.value.len() < LINE_MAX;
        if fits && !variable.value.contains(['\n', '\r']) && !variable.name.starts_with('#') {
            file.push_str(&format!("{}={}\n", variable.name, variable.value));
        } else {
            others.push(variable);
        }
    }
    (file, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_go_by_lines_where_they_fit() {
        let variable = |name: &str, value: &str| Variable { name: name.into(), value: value.into(), secret: true };
        let long = "x".repeat(LINE_MAX);
        let environment =
            [variable("A", " a=b '\""), variable("B", "two\nlines"), variable("C", &long), variable("D", "")];
        let (file, others) = variables(&environment);
        assert_eq!(file, "A= a=b '\"\nD=\n");
        assert_eq!(others.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["B", "C"]);
    }
}
