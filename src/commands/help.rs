//! `help` and `list`: what there is, as the suite's commands of these names show it.

use serde_json::{Map, Value, json};

use crate::cli::{self, Parsed};
use crate::commands::{Noun, Scope, describe, verb};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::output::{Format, Outcome};

#[derive(clap::Args)]
struct Help {
    /// The command, as company:list or company list
    #[arg(value_name = "COMMAND", num_args = 0..=2)]
    command_name: Vec<String>,
    /// Accepted for older callers: help is plain text
    #[arg(long)]
    raw: bool,
}

#[derive(clap::Args)]
struct List {
    /// Only the commands of this noun
    #[arg(value_name = "NOUN")]
    namespace: Option<String>,
    /// One command a line, as the suite names it
    #[arg(long)]
    raw: bool,
    /// With --format=json: without arguments and options
    #[arg(long)]
    short: bool,
}

/// The help of a command, or of the program where none is named.
fn text_of(mut command: Vec<String>) -> Result<Outcome> {
    command.push("--help".into());
    match cli::parse(command)? {
        Parsed::Show(text) => Ok(Outcome::Raw(text.to_string().into_bytes())),
        Parsed::Run(_) => Err(Error::new(Kind::Internal, "the help was not understood as such")),
    }
}

async fn help(ctx: &mut Context, args: Help) -> Result<Outcome> {
    let _ = args.raw;
    if ctx.printer.format != Format::Json || args.command_name.is_empty() {
        return text_of(args.command_name);
    }
    let name = cli::registered_name(&args.command_name)?;
    let described = describe::all().remove(&name).ok_or_else(|| {
        Error::usage(format!("{name} is no single command")).hint("`multiflexi-cli list --raw` names the commands")
    })?;
    Ok(Outcome::Report { text: format!("{described:#}"), json: described })
}

async fn list(ctx: &mut Context, args: List) -> Result<Outcome> {
    let mut commands = describe::all();
    if let Some(noun) = &args.namespace {
        if ctx.printer.format != Format::Json && !args.raw {
            return text_of(vec![noun.clone()]);
        }
        let noun = cli::registered_name(std::slice::from_ref(noun))?;
        commands.retain(|name, _| *name == noun || name.split(':').next() == Some(&noun));
    }
    if ctx.printer.format == Format::Json {
        let json = if args.short { briefly(commands) } else { Value::Object(commands) };
        return Ok(Outcome::Report { text: String::new(), json });
    }
    if !args.raw {
        return text_of(Vec::new());
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
    verbs: &[verb!("", "Show the help of a command", Help, help)],
};

pub const LIST: Noun = Noun {
    name: "list",
    aliases: &[],
    about: "List the commands",
    scope: Scope::Program,
    verbs: &[verb!("", "List the commands", List, list)],
};
