//! The one error type, what kinds of failure there are, and the exit code each has.
//!
//! An error says what failed, on what, why (its causes) and what to do next (its hint). It is rendered in one place,
//! as text on stderr or as one JSON object on stdout (see [`crate::output`]).

use std::fmt;

use serde_json::{Value, json};

/// What may fail gives back: a value or an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Exit codes, as the man page documents them.
pub mod exit {
    /// The command did what it was to do.
    pub const DONE: u8 = 0;
    /// Refused or failed.
    pub const FAILED: u8 = 1;
    /// The command line is wrong.
    pub const USAGE: u8 = 2;
    /// `job run`: a credential is missing, and the job waits for it (the suite's executor has the same code).
    pub const BLOCKED: u8 = 75;
    /// `job run`: the time limit was reached.
    pub const TIME_LIMIT: u8 = 124;
    /// `job run`: the job could not be run, or its result could not be learned.
    pub const NOT_RUN: u8 = 125;
    /// `job run`: cancelled by signal N exits with this plus N (130 for SIGINT, 143 for SIGTERM).
    pub const SIGNAL_BASE: u8 = 128;

    /// As which exit code a signal is told.
    pub fn of_signal(signal: i32) -> u8 {
        SIGNAL_BASE.saturating_add(u8::try_from(signal).unwrap_or_default())
    }

    /// A job's exit code as that of a process, which has one byte. A failure stays one: other programs store what they like.
    pub fn of_job(code: i64) -> u8 {
        match u8::try_from(code & 0xff) {
            Ok(DONE) if code != 0 => FAILED,
            Ok(byte) => byte,
            Err(_) => FAILED,
        }
    }
}

/// What sort of failure it is. Decides the exit code and the word in JSON's `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line is wrong: unknown or missing option, a value of the wrong form.
    Usage,
    /// What was named does not exist.
    NotFound,
    /// It exists already: whoever looked for it saw it there.
    Exists,
    /// As `Exists`: a unique key of the database refused it. Somebody may have made it since it was looked for.
    Taken,
    /// It is still used by something else.
    InUse,
    /// As `InUse`: a foreign key of the database refused it. Somebody may have made or deleted that since it was looked for.
    Referred,
    /// A rule of the domain forbids it, or the input is not acceptable.
    Refused,
    /// As `Refused`: a text is longer than its column in the database.
    TooLong,
    /// As `Refused`: the database's encoding lacks a character.
    Unstorable,
    /// The database cannot be reached, or cannot do something now: over a new connection, or later, it may.
    Database,
    /// As `Database`: others were in the way, and the transaction was undone. It may be begun again at once.
    Contended,
    /// The database refused a statement, and will refuse it again. Its word is that of [`Kind::Database`].
    Statement,
    /// As `Statement`: the database has no such table.
    NoTable,
    /// A file cannot be read or written.
    File,
    /// A credential that a job needs is missing: it was not run, and waits.
    Blocked,
    /// A job's program could not be run, or its result could not be learned.
    NotRun,
    /// A signal ended it.
    Interrupted,
    /// A signal ended work that says how far it came; the process exits as one that died of the signal.
    Signalled(i32),
    /// The reader of stdout went away (`| head`): a listing ends there, and that is no failure.
    ReaderGone,
    /// A fault of this program.
    Internal,
}

impl Kind {
    /// The word in the JSON of an error.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::NotFound => "not_found",
            Kind::Exists | Kind::Taken => "exists",
            Kind::InUse | Kind::Referred => "in_use",
            Kind::Refused | Kind::TooLong | Kind::Unstorable => "refused",
            Kind::Database | Kind::Contended | Kind::Statement | Kind::NoTable => "database",
            Kind::File => "file",
            Kind::Blocked => "blocked",
            Kind::NotRun => "not_run",
            Kind::Interrupted | Kind::Signalled(_) => "interrupted",
            Kind::ReaderGone => "reader_gone",
            Kind::Internal => "internal",
        }
    }

    /// The exit code of a command that ends with this kind of failure.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Usage => exit::USAGE,
            Kind::Blocked => exit::BLOCKED,
            Kind::NotRun => exit::NOT_RUN,
            Kind::ReaderGone => exit::DONE,
            Kind::Signalled(signal) => exit::of_signal(signal),
            _ => exit::FAILED,
        }
    }
}

/// What an error means for whoever goes on after it, beside its kind. In JSON each is a member of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Another runner has the job by now: the process of this number, where that is known.
    TakenOver { by: Option<i32> },
    /// The job is not ours to run: somebody else runs or ran it, or has just changed it.
    NotOurs,
    /// The job is left for another one of its runtemplate, which runs.
    Busy { job: i64 },
    /// What failed may have been done all the same.
    MayBeDone,
    /// Somebody else holds a lock on what was needed, and the database goes on with other things.
    Locked,
    /// A file is not as its writer would have made it: reading it again comes to the same.
    Malformed,
    /// The database let nobody in by these settings, or a server's certificate is not trusted.
    NotLetIn,
}

impl Fact {
    fn member(self) -> (&'static str, Value) {
        match self {
            Fact::TakenOver { by } => ("taken_by", by.into()),
            Fact::NotOurs => ("taken", true.into()),
            Fact::Busy { job } => ("running_job", job.into()),
            Fact::MayBeDone => ("may_be_done", true.into()),
            Fact::Locked => ("locked", true.into()),
            Fact::Malformed => ("malformed", true.into()),
            Fact::NotLetIn => ("not_let_in", true.into()),
        }
    }
}

/// A failure as the user is told of it.
#[derive(Debug)]
pub struct Error {
    pub kind: Kind,
    /// What failed, on what: a sentence without a final period.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    pub fact: Option<Fact>,
    /// More for readers of the JSON alone, for instance `violations`.
    pub details: Vec<(&'static str, Value)>,
}

impl Error {
    /// Is it of the database, and may the same go well a little later?
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::Database | Kind::Contended)
    }

    /// Does somebody else hold a lock on this alone, so that other work may go on?
    pub fn is_locked(&self) -> bool {
        self.fact == Some(Fact::Locked)
    }

    /// An error of this kind that says only what failed: no cause, hint or detail yet.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), causes: Vec::new(), hint: None, fact: None, details: Vec::new() }
    }
    /// The error of a command line that is wrong; it exits with code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }
    /// The error of something that was named and does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }
    /// The error of what a rule of the domain forbids, or of input that is not acceptable.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }
    /// The error of a file that cannot be read or written, with the system's word for it as its cause.
    pub fn file(message: impl Into<String>, cause: std::io::Error) -> Self {
        Self::new(Kind::File, message).because(cause)
    }

    /// Adds why it failed; a source's own sources are added too.
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        for link in cause.into().chain() {
            let text = link.to_string();
            // Libraries like to repeat their source's text in their own.
            if self.causes.last().is_none_or(|last| !last.contains(&text)) {
                self.causes.push(text);
            }
        }
        self
    }

    /// Says what failed because of this: `message` comes in front, and what was the message becomes its first cause.
    pub fn within(mut self, message: impl Into<String>) -> Self {
        self.causes.insert(0, std::mem::replace(&mut self.message, message.into()));
        self
    }

    /// Adds what to do next: a sentence without a final period.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what it means for whoever goes on.
    pub fn fact(mut self, fact: Fact) -> Self {
        self.fact = Some(fact);
        self
    }

    /// Adds the status of what was asked for and is not there, which the suite's programs look for.
    pub fn with_status_of_absence(self) -> Self {
        if self.kind == Kind::NotFound { self.detail("status", "not found") } else { self }
    }

    /// Adds a member to the JSON of the error, which the text on stderr does not show, and which nothing here reads again.
    ///
    /// A key such as `status` that the JSON has already gets this value.
    pub fn detail(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    /// The message and its causes in one line.
    pub fn line(&self) -> String {
        std::iter::once(&self.message).chain(&self.causes).map(String::as_str).collect::<Vec<_>>().join(": ")
    }

    /// As [`Error::line`], and what to do next: for where an error becomes a part of another one's words.
    pub fn advice(&self) -> String {
        let hint = self.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
        self.line() + &hint
    }

    /// The object that `--format=json` prints.
    pub fn to_json(&self) -> Value {
        let mut object =
            json!({"status": "error", "message": self.line(), "code": self.kind.code(), "hint": self.hint});
        for (key, value) in &self.details {
            object[*key] = value.clone();
        }
        if let Some((key, value)) = self.fact.map(Fact::member) {
            object[key] = value;
        }
        object
    }
}

impl fmt::Display for Error {
    /// As stderr shows it: the message, a line for each cause, the hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name of somebody's may be in each, and none begins a line of its own.
        let indented = |text: &str| text.trim_end().replace('\n', "\n    ");
        write!(f, "{}", indented(&self.message))?;
        for cause in &self.causes {
            write!(f, "\n  because: {}", indented(cause))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {}", indented(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
