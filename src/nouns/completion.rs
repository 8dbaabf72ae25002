//! `completion`: the script that lets a shell complete commands and options.

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::{Noun, verb};
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Completion {
    /// The shell; without it the one that $SHELL names
    #[arg(value_name = "SHELL", value_enum)]
    shell: Option<Shell>,
    /// Accepted for older callers: there is no debug log
    #[arg(long, hide = true)]
    _debug: bool,
}

pub async fn completion(_: &mut Context, args: Completion) -> Result<Outcome> {
    let shell = args.shell.or_else(Shell::from_env).ok_or_else(|| {
        Error::usage("no shell is named, and $SHELL names none that is known")
            .hint("It takes bash, elvish, fish, powershell or zsh, for instance `multiflexi-cli completion bash`")
    })?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::root(), cli::PROGRAM, &mut script);
    Ok(Outcome::Raw(script))
}

pub const NOUN: Noun = Noun {
    name: "completion",
    aliases: &[],
    about: "Print the completion script of a shell",
    verbs: &[verb!("", "Print the completion script of a shell", Completion, completion)],
};
