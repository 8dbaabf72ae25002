//! `doctor`: what of a set-up is as it should be, what is not, and what mends it. Nothing is changed.

mod cluster;
mod database;
mod folders;
mod queue;
mod settings;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::error::{Result, exit};
use crate::foreign_name::ForeignName;
use crate::output::Outcome;
use crate::output::signs::Signs;
use crate::stop;

/// How long one check may take: what does not answer by then is told as such.
fn limit() -> Duration {
    stop::at_most(Duration::from_secs(10))
}

pub const NOUN: Noun = Noun {
    name: "doctor",
    aliases: &[],
    about: "Look for what is wrong with this set-up, and tell what mends it",
    scope: Scope::Data,
    verbs: &[verb!("", "Look for what is wrong with this set-up, and tell what mends it", Doctor, doctor)],
};

#[derive(clap::Args)]
struct Doctor {
    /// The kubeconfig to look at, in place of the one that kubectl would use
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The context to look at
    #[arg(long, value_name = "NAME", value_parser = context)]
    context: Option<String>,
}

fn context(text: &str) -> Result<String, String> {
    ForeignName::Context.option(text)
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    /// It works, or is not needed; somebody should know of it all the same.
    Doubtful,
    /// Something that is needed is missing.
    Bad,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Doubtful => "warn",
            State::Bad => "fail",
        }
    }

    fn sign(self, signs: Signs) -> &'static str {
        match (self, signs) {
            (State::Good, Signs::Unicode) => "✓",
            (State::Doubtful, Signs::Unicode) => "!",
            (State::Bad, Signs::Unicode) => "✗",
            (State::Good, Signs::Letters) => "ok",
            (State::Doubtful, Signs::Letters) => "warn",
            (State::Bad, Signs::Letters) => "FAIL",
        }
    }
}

/// What one check came to.
struct Finding {
    check: &'static str,
    state: State,
    message: String,
    remedy: Option<String>,
}

impl Finding {
    fn good(check: &'static str, message: impl Into<String>) -> Finding {
        Finding { check, state: State::Good, message: message.into(), remedy: None }
    }

    fn doubtful(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: State::Doubtful, message: message.into(), remedy: Some(remedy.into()) }
    }

    fn bad(check: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding { check, state: State::Bad, message: message.into(), remedy: Some(remedy.into()) }
    }

    /// What is wrong only where it is needed.
    fn missing(check: &'static str, is_needed: bool, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        match is_needed {
            true => Finding::bad(check, message, remedy),
            false => Finding::doubtful(check, message, remedy),
        }
    }

    fn json(&self) -> Value {
        json!({"check": self.check, "state": self.state.word(), "message": self.message, "remedy": self.remedy})
    }

    /// A line, and one for what mends it.
    fn text(&self, signs: Signs) -> String {
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
struct Needs {
    executors: Vec<String>,
    /// Where jobs in Kubernetes run.
    namespaces: Vec<String>,
}

impl Needs {
    fn executor(&self, name: &str) -> bool {
        self.executors.iter().any(|executor| executor == name)
    }
}

/// Checks that wait for somebody wait side by side.
async fn doctor(ctx: &mut Context, args: Doctor) -> Result<Outcome> {
    let mut found = settings::examine(&ctx.settings);
    found.extend(folders::examine());
    found.push(settings::zone(ctx));
    let (send, receive) = oneshot::channel();
    let (of_database, of_programs) = tokio::join!(database::examine(ctx, send), programs(args, receive));
    found.extend(of_database);
    found.extend(of_programs);
    let is_bad = found.iter().any(|finding| finding.state == State::Bad);
    if ctx.printer.quiet {
        found.retain(|finding| finding.state != State::Good);
    }
    let json = found.iter().map(Finding::json).collect();
    let text = match ctx.printer.format {
        format if format.is_one_value() => String::new(),
        _ => found.iter().map(|finding| finding.text(Signs::of_locale())).collect::<Vec<_>>().join("\n"),
    };
    let outcome = if text.is_empty() && !ctx.printer.format.is_one_value() {
        Outcome::Written
    } else {
        Outcome::Report { text, json }
    };
    Ok(outcome.with_code(if is_bad { exit::FAILED } else { exit::DONE }))
}

async fn programs(args: Doctor, needs: oneshot::Receiver<Needs>) -> Vec<Finding> {
    /// So long the database may take to tell what is needed: one that is silent must not keep the others waiting.
    const MOMENT: Duration = Duration::from_secs(2);
    let asked = cluster::Asked { kubeconfig: args.kubeconfig, context: args.context };
    let needs = async {
        let needs = tokio::time::timeout(MOMENT, needs).await;
        needs.ok().and_then(Result::ok)
    };
    let (of_tools, needs) = tokio::join!(tools::look(), needs);
    let mut found = of_tools.judge(needs.as_ref());
    if of_tools.has_kubectl() {
        found.extend(cluster::examine(asked, needs.as_ref()).await);
    }
    found
}
