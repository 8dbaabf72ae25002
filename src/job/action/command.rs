//! The action `CustomCommand`: a shell command on this machine, with the job's environment. It runs in the job's private
//! directory where that is here, else in one of its own.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::executor::native::Native;
use crate::executor::workdir::Directory;
use crate::executor::{Cancel, Ending, Executor, Files, Job, Output, Permit, PodHistory, Variable};
use crate::job::action::After;
use crate::job::files;

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How many bytes of what it prints are kept for the notice.
const KEPT: usize = 2000;

/// Runs a shell command with the job's variables and its exit code, and returns what it printed.
///
/// The exit code is in `MULTIFLEXI_JOB_EXITCODE`. Of what the command prints on both streams the first 2000 bytes are told, with
/// the job's secrets masked; after 300 s it is ended.
///
/// # Errors
/// No command is set, no directory can be made for it, or it did not end with exit code 0: the words have its exit code and what it
/// printed.
pub async fn run(after: &After<'_>, command: &str) -> Result<String> {
    if command.is_empty() {
        return Err(Error::refused("no command is set (its setting command)"));
    }
    let code = after.ended.ending.exit_code().to_string();
    // Only a native job's directory is here, and is there for its command too.
    let own = match &after.executor_job.files.work {
        Some(_) => None,
        None => Some(files::make_directory(after.id())?),
    };
    let work = own.as_ref().map(Directory::work).or_else(|| after.executor_job.files.work.clone());
    let mut job = Job {
        command: ["/bin/sh", "-c", command].map(str::to_owned).to_vec(),
        time_limit: Some(LIMIT),
        files: Files { work, ..Files::default() },
        pods: PodHistory::default(),
        // The job has ended: nobody keeps it any more.
        permit: Permit::default(),
        ..after.executor_job.clone()
    };
    job.environment.push(Variable { name: "MULTIFLEXI_JOB_EXITCODE".into(), value: code, secret: false });
    // Cancelling drops this whole run, which ends the command.
    let cancel = Cancel::default();
    let (output, mut receiver) = Output::channel(4);
    let mut executor = Executor::Native(Native);
    // A secret at the cut is masked as a whole.
    let most = KEPT.saturating_add(after.redactor.margin());
    let running = async {
        let ended = executor.run(&job, &output, &cancel).await;
        drop(output);
        ended
    };
    let reading = async {
        let mut printed = Vec::new();
        while let Some((_, bytes)) = receiver.recv().await {
            let room = most.saturating_sub(printed.len());
            printed.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        printed
    };
    let (ended, printed) = tokio::join!(running, reading);
    let printed = String::from_utf8_lossy(&printed).replace('\0', "\u{FFFD}");
    let printed = after.redactor.redact_start(&printed, KEPT);
    let printed = if printed.trim().is_empty() { String::new() } else { format!(": {}", printed.trim()) };
    let why = ended.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    match ended.ending {
        Ending::Exited(0) => Ok(format!("the command ended well{printed}")),
        other => Err(Error::refused(format!("the command ended with {}{why}{printed}", other.exit_code()))),
    }
}
