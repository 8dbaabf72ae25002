//! `describe`: every command with its arguments and options, for programs that show or check them.

use std::ffi::OsStr;

use clap::{Arg, ArgAction, Command};
use serde_json::{Map, Value, json};

use crate::commands::{NoArgs, Noun, Program, Scope, complete, program_verb};
use crate::context::Context;
use crate::error::Result;
use crate::output::Outcome;
use crate::table::{Table, args};

async fn describe(_: &mut Context, program: &Program, _: NoArgs) -> Result<Outcome> {
    let json = Value::Object(all(program));
    Ok(Outcome::Report { text: format!("{json:#}"), json })
}

/// Every command, by the name that the suite registers it with.
pub fn all(program: &Program) -> Map<String, Value> {
    let mut root = (program.root)();
    root.build();
    let mut commands = Map::new();
    for noun in program.nouns {
        // The suite describes what its scripts call too; what is for packagers is ours alone.
        let is_described = |command: &&Command| !command.is_hide_set() || noun.name == complete::NOUN.name;
        let Some(command) = root.find_subcommand(noun.name).filter(is_described) else { continue };
        if command.has_subcommands() {
            let table = program.tables.iter().find(|table| table.noun == noun.name).copied();
            for verb in command.get_subcommands() {
                // What create stores where the option is not given.
                let table = table.filter(|_| verb.get_name() == "create");
                commands.insert(format!("{}:{}", registered_name(noun), verb.get_name()), description(verb, table));
            }
        } else {
            commands.insert(noun.name.to_owned(), description(command, None));
        }
    }
    commands
}

/// The spelling that the suite registers, which differs from the documented one by dashes at most.
pub fn registered_name(noun: &Noun) -> &'static str {
    let is_same = |alias: &&&str| alias.replace('-', "") == noun.name.replace('-', "");
    noun.aliases.iter().find(is_same).copied().unwrap_or(noun.name)
}

/// A command; `table` is the one in which it makes a row.
fn description(command: &Command, table: Option<&Table>) -> Value {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let arguments: Map<_, _> = shown().filter(|arg| arg.is_positional()).map(argument).collect();
    let mut options: Map<_, _> =
        shown().filter(|arg| !arg.is_positional() && !is_of_every_command(arg)).map(option).collect();
    for column in table.iter().flat_map(|table| table.columns).filter(|column| column.create) {
        if let (Some(default), Some(option)) = (column.default, options.get_mut(column.option))
            && !default.is_empty()
            && option["default"].is_null()
        {
            option["default"] = default.into();
        }
    }
    json!({"description": about, "arguments": list_if_empty(arguments), "options": list_if_empty(options)})
}

/// It says nothing about one.
fn is_of_every_command(arg: &Arg) -> bool {
    let action = arg.get_action();
    matches!(action, ArgAction::Help | ArgAction::Version) || arg.get_help_heading() == Some(args::GLOBAL)
}

/// The suite writes an empty object as a list.
fn list_if_empty(members: Map<String, Value>) -> Value {
    if members.is_empty() { json!([]) } else { Value::Object(members) }
}

fn argument(arg: &Arg) -> (String, Value) {
    let name = arg.get_id().to_string();
    let json = json!({
        "name": name, "is_required": arg.is_required_set(), "description": help(arg), "default": default(arg),
    });
    (name, json)
}

fn option(arg: &Arg) -> (String, Value) {
    let name = arg.get_long().unwrap_or(arg.get_id().as_str()).to_owned();
    let json = json!({
        "name": name, "shortcut": arg.get_short(), "is_value_required": args::needs_value(arg), "description": help(arg),
        "default": default(arg),
    });
    (name, json)
}

fn help(arg: &Arg) -> String {
    let help = arg.get_long_help().or_else(|| arg.get_help());
    help.map(|help| help.to_string().replace("\n\n", ". ")).unwrap_or_default()
}

/// The options whose default the suite gives as a number; those of all others are texts.
const NUMBERS: &[&str] = &["keep"];

/// The default as the suite gives it: false for a flag, an empty list for an option that may be repeated.
fn default(arg: &Arg) -> Value {
    let is_number = NUMBERS.contains(&arg.get_id().as_str());
    let text = |value: &OsStr| value.to_string_lossy().into_owned();
    match (arg.get_action(), arg.get_default_values()) {
        (ArgAction::SetTrue, [value]) if *value != *"true" => false.into(),
        (ArgAction::SetTrue, []) => false.into(),
        (ArgAction::Append, []) => json!([]),
        (_, [value, ..]) if is_number => text(value).parse::<u64>().map_or_else(|_| text(value).into(), Value::from),
        (_, [value, ..]) => text(value).into(),
        (_, []) => Value::Null,
    }
}

pub const NOUN: Noun = Noun {
    name: "describe",
    aliases: &[],
    about: "Describe every command with its options, as JSON",
    scope: Scope::Program,
    verbs: &[program_verb!("Describe every command with its options, as JSON", NoArgs, describe)],
};
