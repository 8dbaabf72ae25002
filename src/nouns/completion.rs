//! `completion`: the script that lets a shell complete commands and options.

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::{ALL, Noun, Scope, verb};
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

pub async fn completion(_: &mut Context, args: Completion) -> Result<Outcome> {
    let shell = args.shell.or_else(Shell::from_env).ok_or_else(|| {
        Error::usage("no shell is named, and $SHELL names none that is known")
            .hint("It takes bash, elvish, fish, powershell or zsh, for instance `multiflexi-cli completion bash`")
    })?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::root(), cli::PROGRAM, &mut script);
    if shell == Shell::Bash {
        script = mended(&script);
    }
    Ok(Outcome::Raw(script))
}

/// What clap_complete (4.6) leaves to be done: it writes a program's name that has a dash in two ways, and so bash would find
/// no command's options; it knows no `--option=value`, which bash hands over as three words; and no older names.
fn mended(script: &[u8]) -> Vec<u8> {
    let root = cli::PROGRAM.replace('-', "__");
    let other = cli::PROGRAM.replace('-', "__subcmd__");
    let mut script = String::from_utf8_lossy(script).replace(&other, &root);
    const PREVIOUS: &str = "    prev=\"$3\"\n";
    const JOINED: &str = concat!(
        "    [[ \"${cur}\" == \"=\" ]] && cur=\"\"\n",
        "    [[ \"${prev}\" == \"=\" ]] && prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n",
    );
    script = script.replacen(PREVIOUS, &format!("{PREVIOUS}{JOINED}"), 1);
    for noun in ALL {
        // bash parts words at a colon.
        for alias in noun.aliases.iter().filter(|alias| !alias.contains(':')) {
            let branch = |name: &str| format!("{root},{name}");
            script = script.replacen(
                &format!(" {})\n", branch(noun.name)),
                &format!(" {}|{})\n", branch(noun.name), branch(alias)),
                1,
            );
        }
    }
    script.into_bytes()
}

pub const NOUN: Noun = Noun {
    name: "completion",
    aliases: &[],
    about: "Print the completion script of a shell",
    scope: Scope::Program,
    verbs: &[verb!("", "Print the completion script of a shell", Completion, completion)],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_that_is_chosen_is_there() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Bash, &mut cli::root(), cli::PROGRAM, &mut script);
        let script = String::from_utf8_lossy(&mended(&script)).into_owned();
        for line in script.lines().filter_map(|line| line.trim().strip_prefix("cmd=\"")) {
            let branch = line.trim_end_matches('"');
            assert!(branch.is_empty() || script.contains(&format!(" {branch})\n")), "no branch {branch}");
        }
    }
}
