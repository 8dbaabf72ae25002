//! `help` and `list`: what there is, as the suite's commands of these names show it.

use serde_json::{Map, Value, json};

use crate::commands::{Noun, Program, Scope, describe, program_verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Outcome;

#[derive(clap::Args)]
struct Help {
    /// The command, as company:list or company list
    #[arg(value_name = "COMMAND", num_args = 0..=2)]
    command_name: Vec<String>,
    /// Accepted for compatibility; help is plain text anyway
    #[arg(long)]
    raw: bool,
}

#[derive(clap::Args)]
struct List {
    /// Only the commands of this noun
    #[arg(value_name = "NOUN")]
    namespace: Option<String>,
    /// One command per line, under the suite's names
    #[arg(long)]
    raw: bool,
    /// With --format=json: without arguments and options
    #[arg(long)]
    short: bool,
}

/// The help of a command, or of the program where none is named.
fn text_of(program: &Program, command: Vec<String>) -> Result<Outcome> {
    Ok(Outcome::Raw((program.help)(command)?.into_bytes()))
}

/// The name that the suite registers a noun or a command with, which is named as on a command line.
///
/// # Errors
/// There is no such noun or command.
fn registered_name(program: &Program, words: &[String]) -> Result<String> {
    let spelled = (program.spell)(words.to_vec())?;
    let mut words = spelled.iter().filter(|word| !word.starts_with('-'));
    let (noun, verb) = (words.next().map_or("", String::as_str), words.next());
    let noun = program.noun(noun).ok_or_else(|| {
        Error::usage(format!("there is no command `{noun}`")).hint("`multiflexi-cli list` names the commands")
    })?;
    let name = describe::registered_name(noun);
    Ok(verb.map_or_else(|| name.to_owned(), |verb| format!("{name}:{verb}")))
}

async fn help(ctx: &mut Context, program: &Program, args: Help) -> Result<Outcome> {
    let _ = args.raw;
    if !ctx.printer.format.is_one_value() {
        return text_of(program, args.command_name);
    }
    if args.command_name.is_empty() {
        return Ok(Outcome::Report { text: String::new(), json: Value::Object(describe::all(program)) });
    }
    let name = registered_name(program, &args.command_name)?;
    let described = describe::all(program).remove(&name).ok_or_else(|| {
        Error::usage(format!("{name} is no single command")).hint("`multiflexi-cli list --raw` names the commands")
    })?;
    Ok(Outcome::Report { text: format!("{described:#}"), json: described })
}

async fn list(ctx: &mut Context, program: &Program, args: List) -> Result<Outcome> {
    let mut commands = describe::all(program);
    if let Some(noun) = &args.namespace {
        if !ctx.printer.format.is_one_value() && !args.raw {
            return text_of(program, vec![noun.clone()]);
        }
        let noun = registered_name(program, std::slice::from_ref(noun))?;
        commands.retain(|name, _| *name == noun || name.split(':').next() == Some(&noun));
    }
    if ctx.printer.format.is_one_value() {
        let json = if args.short { briefly(commands) } else { Value::Object(commands) };
        return Ok(Outcome::Report { text: String::new(), json });
    }
    if !args.raw {
        return text_of(program, Vec::new());
    }
    commands.retain(|name, _| !name.starts_with('_'));
    let width = commands.keys().map(String::len).max().unwrap_or_default();
    let line = |(name, described): (&String, &Value)| {
        format!("{name:width$}  {}\n", described["description"].as_str().unwrap_or_default())
    };
    Ok(Outcome::Raw(commands.iter().map(line).collect::<String>().into_bytes()))
}

fn briefly(commands: Map<String, Value>) -> Value {
    let brief = |(name, described): (String, Value)| (name, json!({"description": described["description"]}));
    Value::Object(commands.into_iter().map(brief).collect())
}

pub const HELP: Noun = Noun {
    name: "help",
    aliases: &[],
    about: "Show the help of a command",
    scope: Scope::Program,
    verbs: &[program_verb!("Show the help of a command", Help, help)],
};

pub const LIST: Noun = Noun {
    name: "list",
    aliases: &[],
    about: "List the commands",
    scope: Scope::Program,
    verbs: &[program_verb!("List the commands", List, list)],
};
