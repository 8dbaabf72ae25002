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
    if shell == Shell::Bash {
        script = one_root_name(&script);
    }
    Ok(Outcome::Raw(script))
}

/// clap_complete (4.6) writes a program's name that has a dash in two ways, and so bash would find no command's options.
fn one_root_name(script: &[u8]) -> Vec<u8> {
    let root = cli::PROGRAM.replace('-', "__");
    let other = cli::PROGRAM.replace('-', "__subcmd__");
    String::from_utf8_lossy(script).replace(&other, &root).into_bytes()
}

pub const NOUN: Noun = Noun {
    name: "completion",
    aliases: &[],
    about: "Print the completion script of a shell",
    verbs: &[verb!("", "Print the completion script of a shell", Completion, completion)],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_that_is_chosen_is_there() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Bash, &mut cli::root(), cli::PROGRAM, &mut script);
        let script = String::from_utf8_lossy(&one_root_name(&script)).into_owned();
        for line in script.lines().filter_map(|line| line.trim().strip_prefix("cmd=\"")) {
            let branch = line.trim_end_matches('"');
            assert!(branch.is_empty() || script.contains(&format!(" {branch})\n")), "no branch {branch}");
        }
    }
}
