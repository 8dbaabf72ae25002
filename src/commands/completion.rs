//! `completion`: the script that lets a shell complete what is typed.
//!
//! Those of bash, zsh and fish are small: they ask `_complete`, which knows ids and names too.

use clap_complete::Shell;

use crate::commands::{Noun, PROGRAM, Program, Scope, program_verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Completion {
    /// The shell; without it the one that $SHELL names
    #[arg(value_name = "SHELL", value_enum)]
    shell: Option<Shell>,
    /// Accepted for older callers: there is no debug log
    #[arg(long = "debug")]
    _debug: bool,
}

async fn completion(_: &mut Context, program: &Program, args: Completion) -> Result<Outcome> {
    let shell = args.shell.or_else(Shell::from_env).ok_or_else(|| {
        Error::usage("no shell is named, and $SHELL names none that is known")
            .hint("It takes bash, elvish, fish, powershell or zsh, for instance `multiflexi-cli completion bash`")
    })?;
    let script: &[u8] = match shell {
        Shell::Bash => include_bytes!("../../completions/multiflexi-cli.bash"),
        Shell::Zsh => include_bytes!("../../completions/_multiflexi-cli"),
        Shell::Fish => include_bytes!("../../completions/multiflexi-cli.fish"),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut (program.root)(), PROGRAM, &mut script);
            return Ok(Outcome::Raw(script));
        }
    };
    Ok(Outcome::Raw(script.to_vec()))
}

pub const NOUN: Noun = Noun {
    name: "completion",
    aliases: &[],
    about: "Print the completion script of a shell",
    scope: Scope::Program,
    verbs: &[program_verb!("Print the completion script of a shell", Completion, completion)],
};
