//! What a check of `doctor` is given, and what it comes to.

use std::time::Duration;

use serde_json::{Value, json};

use crate::executor::ExecutorName;
use crate::failpoint;
use crate::output::page::Page;
use crate::output::signs::Signs;
use crate::output::{Printer, colour};

/// How long one check may take: what does not answer by then is told as such.
pub fn limit() -> Duration {
    failpoint::at_most(Duration::from_secs(10))
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    Good,
    /// It is missing or does not work, and nothing needs it.
    Unused,
    /// It works, or is not needed; somebody should know of it all the same.
    Doubtful,
    /// Something that is needed is missing.
    Bad,
}

impl CheckState {
    /// The word that programs read for it.
    pub fn word(self) -> &'static str {
        match self {
            CheckState::Good => "ok",
            CheckState::Unused => "unused",
            CheckState::Doubtful => "warn",
            CheckState::Bad => "fail",
        }
    }

    /// What stands for it before a line for people: one sign, or a word where the terminal has few letters.
    pub fn sign(self, signs: Signs) -> &'static str {
        match (self, signs) {
            (CheckState::Good, Signs::Unicode) => "✓",
            (CheckState::Unused, _) => "-",
            (CheckState::Doubtful, Signs::Unicode) => "!",
            (CheckState::Bad, Signs::Unicode) => "✗",
            (CheckState::Good, Signs::Letters) => "ok",
            (CheckState::Doubtful, Signs::Letters) => "warn",
            (CheckState::Bad, Signs::Letters) => "FAIL",
        }
    }
}

/// What one check came to.
pub struct Finding {
    pub check: &'static str,
    pub state: CheckState,
    pub message: String,
    pub remedy: Option<String>,
}

impl Finding {
    /// It is as it should be.
    pub fn good(check: &'static str, message: impl Into<String>) -> Finding {
        Finding { check, state: CheckState::Good, message: message.into(), remedy: None }
    }

    /// It is missing or does not work, and nothing needs it.
    pub fn unused(check: &'static str, message: impl Into<String>) -> Finding {
        Finding { check, state: CheckState::Unused, message: message.into(), remedy: None }
    }

    /// It works or is not needed, but somebody should know of it; `remedy` says what to do.
    pub fn doubtful(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: CheckState::Doubtful, message: message.into(), remedy: Some(remedy.into()) }
    }

    /// It is needed and is missing or does not work; `remedy` says what mends it.
    pub fn bad(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: CheckState::Bad, message: message.into(), remedy: Some(remedy.into()) }
    }

    /// What is wrong only where it is needed.
    pub fn missing(
        check: &'static str,
        is_needed: bool,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        match is_needed {
            true => Finding::bad(check, message, remedy),
            false => Finding::doubtful(check, message, remedy),
        }
    }

    /// The finding as an object for programs; its `remedy` is null where there is none.
    pub fn json(&self, printer: &Printer) -> Value {
        let remedy = self.remedy.as_deref().map(|remedy| printer.suggesting(remedy));
        json!({"check": self.check, "state": self.state.word(), "message": self.message, "remedy": remedy})
    }

    /// Shows the finding on a terminal: in colours, and no line wider than that.
    pub fn show(&self, page: &mut Page<'_>, signs: Signs) {
        let style = match self.state {
            CheckState::Good => colour::of_state("success"),
            CheckState::Unused => colour::ASIDE,
            CheckState::Doubtful => colour::WARNING,
            CheckState::Bad => colour::of_state("failed"),
        };
        let width = if signs == Signs::Unicode { 1 } else { 4 };
        let sign = format!("{:<width$}", self.state.sign(signs));
        page.check(style, &sign, self.check, &self.message, self.remedy.as_deref());
    }

    /// A line, and one for what mends it.
    pub fn text(&self, signs: Signs) -> String {
        let sign = self.state.sign(signs);
        let width = if signs == Signs::Unicode { 1 } else { 4 };
        // What a check says is one thought; what it was told may have several lines.
        let message = self.message.replace('\n', " ");
        let remedy = self.remedy.as_ref().map(|remedy| format!("\n{:width$} {:<14} {remedy}", "", ""));
        format!("{sign:<width$} {:<14} {message}{}", self.check, remedy.unwrap_or_default())
    }
}

/// What the runtemplates that may run need of this machine.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    pub executors: Vec<ExecutorName>,
    /// Where jobs in Kubernetes run.
    pub namespaces: Vec<String>,
}

impl Needs {
    /// Why something is not missed, as the end of a sentence. Without the database nobody knows.
    pub fn none(known: Option<&Needs>) -> &'static str {
        match known {
            Some(_) => "no active runtemplate needs it",
            None => "whether an active runtemplate needs it, only the database tells",
        }
    }

    /// Does an active runtemplate have this executor?
    pub fn executor(&self, name: &ExecutorName) -> bool {
        self.executors.contains(name)
    }
}
