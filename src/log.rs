//! What happens inside, for whoever asks by `-vv` or `MULTIFLEXI_LOG=debug`: each statement and each child process with its
//! time and result, and the phases of a run, on stderr, as text or as lines of JSON.
//!
//! Nobody who does not ask pays for it: without a subscriber an event is one comparison. No value that is bound to a
//! statement and no variable's value is told: those may be secrets.

use std::process::Command;
use std::time::Instant;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::error::{Error, Result};
use crate::width::shortened;

/// Which events are told: off, error, warn, info, debug or trace.
const LEVEL: &str = "MULTIFLEXI_LOG";
/// How they look: text or json.
const FORMAT: &str = "MULTIFLEXI_LOG_FORMAT";

/// Longer arguments are cut.
const LONGEST: usize = 300;
/// Longer statements are cut; one of those that are asked by hand fits, so that a database can be asked how it goes about it.
const LONGEST_STATEMENT: usize = 2000;

/// Begins to tell what happens, if `-vv` or a setting asks for it.
///
/// # Errors
/// A setting is not one of the words that it takes.
pub fn start(verbose: u8, setting: impl Fn(&str) -> Option<String>) -> Result<()> {
    let level = match verbose {
        3.. => LevelFilter::TRACE,
        2 => LevelFilter::DEBUG,
        _ => match level(&setting)? {
            Some(level) => level,
            None => return Ok(()),
        },
    };
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = if is_json(&setting)? { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    // Ours alone: what libraries tell may hold values.
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    let _ = tracing::subscriber::set_global_default(registry().with(lines.with_filter(ours)));
    Ok(())
}

/// Whether the settings of the log make sense.
///
/// # Errors
/// One of them does not.
pub fn check(setting: impl Fn(&str) -> Option<String>) -> Result<()> {
    level(&setting)?;
    is_json(&setting).map(|_| ())
}

fn level(setting: &impl Fn(&str) -> Option<String>) -> Result<Option<LevelFilter>> {
    let Some(word) = setting(LEVEL) else { return Ok(None) };
    word.parse().map(Some).map_err(|_| {
        Error::usage(format!("{LEVEL} is {word:?}")).hint("It takes off, error, warn, info, debug or trace")
    })
}

fn is_json(setting: &impl Fn(&str) -> Option<String>) -> Result<bool> {
    match setting(FORMAT).as_deref() {
        None | Some("text") => Ok(false),
        Some("json") => Ok(true),
        Some(other) => Err(Error::usage(format!("{FORMAT} is {other:?}")).hint("It takes text or json")),
    }
}

/// A statement on its way to the database.
pub struct Statement(Option<(String, Instant)>);

impl Statement {
    /// Takes down a statement and the time at which it is sent; nothing where debug events are not told.
    pub fn begin(sql: &str) -> Statement {
        Statement(tracing::enabled!(Level::DEBUG).then(|| (one_line(sql, LONGEST_STATEMENT), Instant::now())))
    }

    /// Tells how it went; `rows` were read or changed. Of an error only its kind: a server repeats values.
    pub fn end<T>(self, result: &Result<T>, rows: impl FnOnce(&T) -> Option<u64>) {
        let Some((sql, begun)) = self.0 else { return };
        let ms = milliseconds(begun);
        match result {
            Ok(value) => tracing::debug!(ms, rows = rows(value), sql, "statement"),
            Err(error) => tracing::debug!(ms, error = error.kind.code(), sql, "statement failed"),
        }
    }
}

/// A child process.
pub struct Child(Option<(String, Instant)>);

impl Child {
    /// Takes down a command without its secrets and the time; nothing where debug events are not told.
    pub fn begin(command: &Command) -> Child {
        let child = tracing::enabled!(Level::DEBUG).then(|| (shown(command), Instant::now()));
        if let Some((command, _)) = &child {
            tracing::trace!(command, "process begins");
        }
        Child(child)
    }

    /// Tells how the process ended: its exit code or signal, and how long it took. A second call tells nothing.
    pub fn end(&mut self, status: std::process::ExitStatus) {
        let Some((command, begun)) = self.0.take() else { return };
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        tracing::debug!(ms = milliseconds(begun), code = status.code(), signal, command, "process");
    }

    /// It was not waited for: left alone, or killed.
    pub fn leave(&mut self, how: &str) {
        let Some((command, begun)) = self.0.take() else { return };
        tracing::debug!(ms = milliseconds(begun), command, "process {how}");
    }

    /// Tells that the process could not be started, and why.
    pub fn fail(mut self, error: &std::io::Error) {
        let Some((command, _)) = self.0.take() else { return };
        tracing::debug!(error = %error, command, "process cannot be started");
    }
}

fn milliseconds(begun: Instant) -> f64 {
    (begun.elapsed().as_secs_f64() * 1e5).round() / 100.0
}

/// A command as it may be told: of kubectl, helm, podman and docker what they are asked, of any other program its name.
///
/// What stands behind a `--` or an image is the job's own command line, which may hold secrets.
fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or_default().to_string_lossy();
    let mut text = program.clone().into_owned();
    let is_engine = matches!(&*program, "podman" | "docker");
    if !is_engine && !matches!(&*program, "kubectl" | "helm") {
        return text;
    }
    let (mut words, mut runs) = (0_usize, false);
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let is_own = argument == "--" || (is_engine && runs && words > 1);
        if is_own {
            text.push_str(" …");
            break;
        }
        if !argument.starts_with('-') {
            words += 1;
            runs |= matches!(&*argument, "create" | "run" | "exec");
        }
        text.push(' ');
        text.push_str(&hidden(&argument));
    }
    text
}

/// An argument without the value of a variable, and no longer than anybody reads.
fn hidden(argument: &str) -> String {
    for option in ["--env=", "--overrides=", "--from-literal=", "--set="] {
        if let Some(value) = argument.strip_prefix(option) {
            let name = value.split_once('=').map_or("", |(name, _)| name);
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            return if is_name && !name.is_empty() { format!("{option}{name}=…") } else { format!("{option}…") };
        }
    }
    one_line(argument, LONGEST)
}

fn one_line(text: &str, longest: usize) -> String {
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), longest).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_told_without_its_secrets() {
        let told = |program: &str, arguments: &[&str]| shown(Command::new(program).args(arguments));
        for (program, arguments, wanted) in [
            (
                "/usr/bin/kubectl",
                &[
                    "-n",
                    "ns",
                    "run",
                    "pod",
                    "--env=A=secret",
                    "--overrides={\"a\": \"secret\"}",
                    "--command",
                    "--",
                    "sh",
                    "secret",
                ][..],
                "kubectl -n ns run pod --env=A=… --overrides=… --command …",
            ),
            ("helm", &["status", "rel", "-o", "json"], "helm status rel -o json"),
            (
                "podman",
                &["create", "--name=x", "--env=A", "image:1", "secret"],
                "podman create --name=x --env=… image:1 …",
            ),
            ("podman", &["wait", "a", "b"], "podman wait a b"),
            ("/bin/sh", &["-c", "secret"], "sh"),
        ] {
            assert_eq!(told(program, arguments), wanted);
        }
        assert_eq!(hidden(&"x".repeat(400)).chars().count(), LONGEST);
    }
}
