//! `completion`: the script that lets a shell complete what is typed.
//!
//! Those of bash, zsh and fish are small: they ask `_complete`, which knows ids and names too.

use clap_complete::Shell;
use serde_json::json;

use crate::commands::{Noun, PROGRAM, Program, Scope, program_verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Completion {
    /// The shell; by default the one in $SHELL
    #[arg(value_name = "SHELL", value_enum)]
    shell: Option<Shell>,
    /// Accepted for compatibility; does nothing
    #[arg(long = "debug")]
    _debug: bool,
}

async fn completion(ctx: &mut Context, program: &Program, args: Completion) -> Result<Outcome> {
    let shell = args.shell.or_else(Shell::from_env).ok_or_else(|| {
        Error::usage("no shell is named, and $SHELL names none that is known")
            .hint("It takes bash, elvish, fish, powershell or zsh, for instance `multiflexi-cli completion bash`")
    })?;
    let script = match shell {
        Shell::Bash => include_bytes!("../../completions/multiflexi-cli.bash").to_vec(),
        Shell::Zsh => include_bytes!("../../completions/_multiflexi-cli").to_vec(),
        Shell::Fish => include_bytes!("../../completions/multiflexi-cli.fish").to_vec(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut (program.root)(), PROGRAM, &mut script);
            script
        }
    };
    if ctx.printer.format.is_one_value() {
        let json = json!({"shell": shell.to_string(), "script": String::from_utf8_lossy(&script)});
        return Ok(Outcome::Report { text: String::new(), json });
    }
    Ok(Outcome::Raw(script))
}

pub const NOUN: Noun = Noun {
    name: "completion",
    aliases: &[],
    about: "Print the completion script of a shell",
    scope: Scope::Program,
    verbs: &[program_verb!("Print the completion script of a shell", Completion, completion)],
};
