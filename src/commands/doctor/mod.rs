//! `doctor`: what of a set-up is as it should be, what is not, and what mends it. Nothing is changed.

mod cluster;
mod database;
mod finding;
mod folders;
mod queue;
mod settings;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::error::{Result, exit};
use crate::output::signs::Signs;
use crate::output::{Format, Outcome};
use crate::table::args;
use finding::{CheckState, Finding, Needs};

pub const NOUN: Noun = Noun {
    name: "doctor",
    aliases: &[],
    about: "Check this installation and say how to fix what is wrong",
    scope: Scope::Setup,
    verbs: &[verb!("", "Check this installation and say how to fix what is wrong", Doctor, doctor)
        .reading()
        .exiting(EXIT_CODES)],
};

const EXIT_CODES: &str =
    "Exit codes: 0 nothing that is needed is missing, 1 something is (FAIL, or ✗), 2 the command line is wrong";

#[derive(clap::Args)]
struct Doctor {
    /// The kubeconfig to check instead of kubectl's own
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The context to check
    #[arg(long, value_name = "NAME", value_parser = args::kubernetes_context)]
    context: Option<String>,
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
    let is_bad = found.iter().any(|finding| finding.state == CheckState::Bad);
    if ctx.printer.quiet {
        found.retain(|finding| !matches!(finding.state, CheckState::Good | CheckState::Unused));
    }
    let json = found.iter().map(|finding| finding.json(&ctx.printer)).collect();
    if ctx.printer.format == Format::Text
        && let Some(mut page) = ctx.printer.page()
    {
        let signs = Signs::of_locale();
        found.iter().for_each(|finding| finding.show(&mut page, signs));
        page.show()?;
        return Ok(Outcome::Written.with_code(if is_bad { exit::FAILED } else { exit::DONE }));
    }
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
    /// How long the database may take to tell what is needed: one that is silent must not keep the others waiting.
    const MOMENT: Duration = Duration::from_secs(2);
    let asked = cluster::ClusterChoice { kubeconfig: args.kubeconfig, context: args.context };
    let needs = async {
        let needs = tokio::time::timeout(MOMENT, needs).await;
        needs.ok().and_then(Result::ok)
    };
    let (of_tools, needs) = tokio::join!(tools::probe_all(), needs);
    let mut found = of_tools.judge(needs.as_ref());
    if of_tools.has_kubectl() {
        found.extend(cluster::examine(asked, needs.as_ref()).await);
    }
    found
}
