//! Making a job's container: its variables, its labels, its uploaded files, and why none could be made.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::leftover::labels;
use super::refusal::Refusal;
use tokio::process::Command;

use super::{Container, Engine, SHORT, WORDS, message_of, variables};
use crate::executor::artifacts::IN_CONTAINER;
use crate::executor::job::shell_line;
use crate::executor::process::{self, Captured, Group};
use crate::executor::reason::{NotStarted, Pull};
use crate::executor::{Cancel, Ended, Ending, Job, Reason, size};
use crate::failpoint;

/// Creating may have to pull the image.
const PULL: Duration = Duration::from_secs(30 * 60);

impl Container {
    /// Makes the container and puts the uploaded files into it. None where the job was cancelled meanwhile.
    pub(super) async fn create(
        &mut self,
        job: &Job,
        cancel: &Cancel,
        ended: &mut Ended,
    ) -> Result<Option<String>, Reason> {
        if self.image.is_empty() {
            return Err(Reason::NoImage(job.application.clone()));
        }
        let Some((program, arguments)) = job.command.split_first() else {
            return Err(Reason::NoCommand(job.application.clone()));
        };
        size::check(job)?;
        if self.engine == Engine::Podman {
            // It has no daemon, and hands its limits down.
            size::check_together(job)?;
        }
        let name = format!("mf-job-{}-{}", job.id, uuid::Uuid::new_v4().simple().to_string().split_at(6).0);
        let mut head = vec!["create".to_owned(), format!("--name={name}")];
        head.push("--label=app.kubernetes.io/managed-by=multiflexi-cli".to_owned());
        head.extend(labels(job.id, &job.database).map(|label| format!("--label={label}")));
        let mut command = self.command();
        let (file, others) = variables::sort(&job.environment);
        for variable in others {
            variables::check(&variable.name).map_err(|why| Reason::Variable {
                name: variable.name.clone(),
                engine: self.engine.program(),
                why,
            })?;
            head.push(format!("--env={}", variable.name));
            command.env(&variable.name, &variable.value);
        }
        head.push("--env-file=/dev/stdin".to_owned());
        head.extend([format!("--entrypoint={program}"), "--".to_owned(), self.image.clone()]);
        head.extend(arguments.iter().cloned());
        let shown: Vec<String> =
            std::iter::once(self.engine.program().to_owned()).chain(head.iter().cloned()).collect();
        ended.command = shell_line(&shown, &job.environment);
        command.args(&head);
        // From here on there may be one.
        self.name = Some(name.clone());
        let captured = tokio::select! {
            captured = self.create_client(job, command, file.into_bytes()) => captured.map_err(|reason| {
                self.name = None;
                told_by_total(reason, job)
            })?,
            signal = cancel.cancelled() => {
                ended.ending = Ending::Cancelled(signal);
                return Ok(None);
            }
        };
        if !captured.ok() {
            let reason = tokio::select! {
                reason = self.not_created(&captured) => reason,
                signal = cancel.cancelled() => {
                    ended.ending = Ending::Cancelled(signal);
                    return Ok(None);
                }
            };
            if let Reason::EngineUnreachable { message, .. } = &reason
                && !broke_off(message)
            {
                self.name = None;
            }
            return Err(reason);
        }
        self.copy_files_in(job, &name).await?;
        Ok(Some(name))
    }

    /// Lets the engine make the container.
    ///
    /// Its client outlives a runner that is killed, and would make the container after everybody looked for it: it holds the
    /// job's run file, by which it is found and ended first.
    async fn create_client(&self, job: &Job, mut command: Command, input: Vec<u8>) -> Result<Captured, Reason> {
        let spawned = job.lends_run_file(|| Group::spawn(process::pipe(&mut command, Stdio::piped())));
        let group = spawned.map_err(|error| self.missing(&error))?;
        failpoint::at("creating");
        let captured = process::capture_group(group, Some(input), PULL, WORDS, std::future::pending()).await;
        captured.map_err(|error| self.missing(&error))
    }

    /// Why there is no container. Where the words do not say it, an engine that cannot tell of itself makes none for anybody.
    async fn not_created(&self, captured: &Captured) -> Reason {
        let (engine, image, message) = (self.engine.program(), self.image.clone(), message_of(captured));
        if captured.timed_out {
            return Reason::ImagePull(Pull::EngineSlow { engine, image, limit: PULL });
        }
        match Refusal::classify(&message) {
            Some(Refusal::Unreachable) => Reason::EngineUnreachable { engine, message },
            Some(Refusal::Image) => Reason::ImagePull(Pull::Engine { engine, image, message }),
            None => match self.query(&["info"]).await {
                Ok(info) if info.ok() => Reason::StartError(NotStarted::NoContainer { engine, image, message }),
                _ => Reason::EngineUnreachable { engine, message },
            },
        }
    }

    /// Puts the uploaded files where the program looks for them, readable for whatever user the image runs as.
    async fn copy_files_in(&self, job: &Job, name: &str) -> Result<(), Reason> {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::PermissionsExt as _;
        let mut folder = None;
        for file in &job.files.uploaded {
            let own = file.source.parent();
            folder = own.and_then(Path::parent);
            // The job's directory around them stays closed to others.
            for (path, mode) in [(Some(file.source.as_path()), 0o644), (own, 0o755), (folder, 0o755)] {
                let Some(path) = path else { continue };
                set_permissions(path, Permissions::from_mode(mode))
                    .map_err(|error| Reason::FilesNotCopied(error.to_string()))?;
            }
        }
        let Some(folder) = folder else { return Ok(()) };
        let mut command = self.command();
        command.arg("cp").arg(folder).arg(format!("{name}:{}", IN_CONTAINER));
        let captured = self.call(command, None, SHORT).await?;
        if captured.ok() { Ok(()) } else { Err(Reason::FilesNotCopied(message_of(&captured))) }
    }
}

/// Did the engine break off, which may have made the container before it? Where it could not even be dialled it has not.
fn broke_off(message: &str) -> bool {
    (message.contains("error during connect") || message.contains("EOF")) && !message.contains(": dial ")
}

/// That an engine could not be started, with the sizes of what it was to be given.
fn told_by_total(reason: Reason, job: &Job) -> Reason {
    match reason {
        Reason::TooLarge(NotStarted::Here { program, cause, advice }) => {
            let (size::Part { what, size }, total) = size::largest(job);
            let sizes = format!("arguments and variables have {total} bytes together, {what} {size} of them");
            Reason::TooLarge(NotStarted::Here { program, cause, advice: format!("{sizes}; {advice}") })
        }
        other => other,
    }
}
