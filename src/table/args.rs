//! A table's options: from its columns to clap, and from what was given to values.

use std::time::Duration;

use clap::builder::{ArgExt, PossibleValuesParser, StringValueParser, TypedValueParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::error::{Error, Result};
use crate::foreign_name::ForeignName;
use crate::schedule::{parse_age, parse_limit};
use crate::secret;
use crate::table::given::{SecretReader, is_reference};
use crate::table::{Column, Kind, Table, Values};

/// Reads the id of a row: a whole number above 0.
pub fn row_id<I: From<i64> + Clone + Send + Sync + 'static>() -> impl TypedValueParser<Value = I> {
    number::<i64>(1, i64::MAX).map(I::from)
}

/// Reads a whole number from `least` to `most`; others are refused with what is taken.
pub fn number<N>(least: i64, most: i64) -> impl TypedValueParser<Value = N>
where
    N: TryFrom<i64> + Clone + Send + Sync + 'static,
{
    StringValueParser::new().try_map(move |text: String| {
        let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| match most {
            i64::MAX => format!("it takes a number from {least} up"),
            _ => format!("it takes a whole number from {least} to {most}"),
        })
    })
}

/// An option with its help: the first paragraph is its line on the screen of `-h`, all of it is for `--help`.
fn with_help(arg: Arg, help: &str) -> Arg {
    match help.split_once("\n\n") {
        Some((first, _)) => arg.help(first.to_owned()).long_help(help.to_owned()),
        None => arg.help(help.to_owned()).long_help(None::<&str>),
    }
}

/// The same help with something behind its first paragraph.
fn help_with(help: &str, more: &str) -> String {
    match help.split_once("\n\n") {
        Some((first, rest)) => format!("{first} {more}\n\n{rest}"),
        None => format!("{help} {more}"),
    }
}

/// Must an option have a value?
pub fn needs_value(arg: &Arg) -> bool {
    arg.get_action().takes_values() && arg.get_num_args().is_none_or(|range| range.min_values() > 0)
}

/// Marks an option that says something without a value, too.
#[derive(Clone, Debug)]
pub struct CompleteAlone;

impl ArgExt for CompleteAlone {}

/// May an option stand without its one value, and is then as if it were not there?
pub fn may_lack_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set) && !needs_value(arg) && arg.get::<CompleteAlone>().is_none()
}

/// Is this word one of the letters that an option goes by, with its dash?
pub fn is_letter(arg: &Arg, word: &str) -> bool {
    let letters = arg.get_short_and_visible_aliases().into_iter().chain(arg.get_all_short_aliases()).flatten();
    word.strip_prefix('-').is_some_and(|rest| letters.into_iter().any(|letter| rest == letter.encode_utf8(&mut [0; 4])))
}

/// An option whose value a [`Kind`] reads.
pub fn option(name: &'static str, kind: Kind, help: &'static str) -> Arg {
    let arg = Arg::new(name).long(name).value_name(kind.placeholder()).allow_hyphen_values(true);
    let arg = with_help(arg, help);
    let parse = move |text: &str| kind.parse(text).map_err(anyhow::Error::msg);
    match kind {
        // Help and shells name the words.
        Kind::Choice(words) => {
            let words = PossibleValuesParser::new(words.iter().copied());
            arg.ignore_case(true).value_parser(words.try_map(move |word| parse(&word)))
        }
        _ => arg.value_parser(ValueParser::new(parse)),
    }
}

fn column_option(column: &Column) -> Arg {
    let option = option(column.option, column.kind, column.help).aliases(column.also).hide_short_help(column.rare);
    let option = if column.may_lack_value { option.num_args(0..=1) } else { option };
    if column.secret { with_help(option, &help_with(column.help, &format!("({SECRET_HELP})"))) } else { option }
}

/// The option of a new value. An empty one takes away what need not be there, as in the suite's forms.
fn value_option(column: &Column) -> Arg {
    let empty = match column.kind {
        _ if column.required || column.secret => None,
        Kind::Name(_) | Kind::Email => Some(sea_query::Value::from("")),
        Kind::Id | Kind::Reference | Kind::Time if column.default.is_none() => Some(column.kind.null()),
        // Rows without a value are not in each other's way; two with an empty text would be.
        Kind::Custom { .. } if !column.unique.is_empty() => Some(column.kind.null()),
        _ => None,
    };
    let Some(empty) = empty else { return column_option(column) };
    let kind = column.kind;
    column_option(column).value_parser(ValueParser::new(move |text: &str| match text {
        "" => Ok(empty.clone()),
        text => kind.parse(text).map_err(anyhow::Error::msg),
    }))
}

/// What people call a column.
pub fn spoken(column: &str) -> &str {
    match column {
        "ic" => "registration number",
        "email" => "e-mail address",
        "uuid" => "UUID",
        column => column,
    }
}

/// The option by which a row is looked for. What no row can have is not found, and no error of the command line.
fn lookup_option(column: &Column) -> Arg {
    let arg = with_help(column_option(column), &format!("By its {}", spoken(column.option))).hide_short_help(false);
    match column.kind {
        Kind::Text(_) | Kind::Name(_) | Kind::Email => {
            arg.value_parser(ValueParser::new(|text: &str| Ok::<_, anyhow::Error>(sea_query::Value::from(text))))
        }
        Kind::Uuid => arg.value_parser(ValueParser::new(|text: &str| {
            Ok::<_, anyhow::Error>(Kind::Uuid.parse(text).unwrap_or_else(|_| text.into()))
        })),
        _ => arg,
    }
}

/// How a secret is given other than in the argv.
const SECRET_HELP: &str = "@FILE reads a file, - reads stdin or asks";

/// The value of an option made by [`option`].
pub fn value(matches: &ArgMatches, name: &str) -> Option<sea_query::Value> {
    matches.get_one::<sea_query::Value>(name).cloned()
}

/// The text that an option made by [`option`] was given.
pub fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    match value(matches, name)? {
        sea_query::Value::String(text) => text,
        _ => None,
    }
}

/// The number that an option made by [`option`] was given.
pub fn int(matches: &ArgMatches, name: &str) -> Option<i64> {
    match value(matches, name)? {
        sea_query::Value::BigInt(number) => number,
        _ => None,
    }
}

/// Adds the options of `list`: one for each column that it filters by, and those of every listing.
pub fn list(command: Command, table: &'static Table) -> Command {
    let filters = table.columns.iter().filter(|column| column.filter);
    paging(command, table).args(filters.map(|column| column_option(column).help_heading(FILTERS)))
}

/// Above the options that every command has.
pub const GLOBAL: &str = "Global options";

/// Above the options that narrow a listing.
pub const FILTERS: &str = "Filters";

/// Above the options that say how much of a listing is shown.
pub const SHOWN: &str = "Rows and columns";

/// The options that every listing has.
pub fn paging(command: Command, _: &'static Table) -> Command {
    command
        .arg(count("limit", "Show at most N rows; 0 shows all").help_heading(SHOWN))
        .arg(count("offset", "Skip the first N rows").help_heading(SHOWN).hide_short_help(true))
        .arg(
            option("order", Kind::Text(64), "A (ascending by id), D (descending), or a column to order by")
                .help_heading(SHOWN)
                .hide_short_help(true),
        )
        .arg(
            option(
                "sort",
                Kind::Name(4096),
                "Columns to sort by: -begin,id\n\nA minus reverses the order: -begin lists the latest first",
            )
            .value_name("COLUMNS")
            .conflicts_with("order")
            .help_heading(SHOWN),
        )
        .arg(fields().help_heading(SHOWN))
}

/// A number of rows; scripts give an empty text where they have none.
fn count(name: &'static str, help: &'static str) -> Arg {
    option(name, Kind::Number, help).value_parser(ValueParser::new(|text: &str| match text {
        "" => Ok(Kind::Number.null()),
        text => Kind::Number.parse(text).map_err(anyhow::Error::msg),
    }))
}

/// `--fields`, which listings and `get` have.
pub fn fields() -> Arg {
    option("fields", Kind::Text(4096), "Only these fields, separated by commas")
}

/// Adds the options of `get`: those that name the row, and `--fields`.
pub fn get(command: Command, table: &'static Table) -> Command {
    pick(command, table).arg(fields().num_args(0..=1))
}

/// How long something may take, as an option's value.
///
/// # Errors
/// The text is not valid: why, in one line.
pub fn limit(text: &str) -> Result<Duration, String> {
    parse_limit(text).map_err(|error| error.advice())
}

/// How old something is, as an option's value.
///
/// # Errors
/// The text is not valid: why, in one line.
pub fn age(text: &str) -> Result<chrono::Duration, String> {
    parse_age(text).map_err(|error| error.advice())
}

/// The options that name a row.
pub fn pick(command: Command, table: &'static Table) -> Command {
    let lookups = table.columns.iter().filter(|column| column.lookup);
    command.arg(option("id", Kind::Id, "By its id")).args(lookups.map(lookup_option))
}

/// Adds the options of `create`: one for each column that it can set; some have to be given.
pub fn create(command: Command, table: &'static Table) -> Command {
    let columns = table.columns.iter().filter(|column| column.create);
    command.args(columns.map(|column| {
        let option = value_option(column).required(column.required && column.default.is_none());
        match column.default {
            Some(default) if !default.is_empty() => {
                with_help(option, &help_with(column.help, &format!("[default: {default}]")))
            }
            _ => option,
        }
    }))
}

/// Adds the options of `update`: `--id`, which has to be given, and one for each column that it can set.
pub fn update(command: Command, table: &'static Table) -> Command {
    let columns = table.columns.iter().filter(|column| column.update);
    command.arg(id()).args(columns.map(value_option))
}

/// As [`update`], but a lookup option may name the row instead of `--id`.
pub fn update_by_lookup(command: Command, table: &'static Table) -> Command {
    update(command, table).mut_arg("id", |id| id.required(false))
}

/// `--id`, required.
pub fn id() -> Arg {
    option("id", Kind::Id, "Its id").required(true)
}

/// The id that [`id`] took.
///
/// # Errors
/// `--id` was not given.
pub fn given_id(matches: &ArgMatches) -> Result<i64> {
    int(matches, "id").ok_or_else(|| Error::usage("--id is missing").hint("--id takes a number from 1 up"))
}

/// The values that were given for create.
///
/// # Errors
/// A secret is given as the mask; or a default of the table does not fit its own kind: a fault of the table.
pub fn created(matches: &ArgMatches, table: &'static Table) -> Result<Values> {
    let (mut values, mut secrets) = (Vec::new(), SecretReader::default());
    for column in table.columns.iter().filter(|column| column.create) {
        let value = match (given(matches, column, &mut secrets)?, column.default) {
            (Some(value), _) if is_masked(column, &value) => return Err(only_a_mask(&format!("--{}", column.option))),
            (Some(value), _) => value,
            (None, Some(default)) => column.kind.parse(default).map_err(Error::usage)?,
            (None, None) => column.kind.null(),
        };
        values.push((column.name, value));
    }
    Ok(values)
}

/// The values that were given for update. A secret that is given as its mask stays as it is.
///
/// # Errors
/// A secret cannot be read from where its option says that it is.
pub fn updated(matches: &ArgMatches, table: &'static Table) -> Result<Values> {
    let (mut values, mut secrets) = (Vec::new(), SecretReader::default());
    for column in table.columns.iter().filter(|column| column.update) {
        if let Some(value) = given(matches, column, &mut secrets)?.filter(|value| !is_masked(column, value)) {
            values.push((column.name, value));
        }
    }
    Ok(values)
}

/// The value of a column's option. A secret may be in a file, come on stdin, or be asked for.
fn given(matches: &ArgMatches, column: &Column, secrets: &mut SecretReader) -> Result<Option<sea_query::Value>> {
    match value(matches, column.option) {
        Some(sea_query::Value::String(Some(text))) if column.secret && is_reference(&text) => {
            let what = format!("--{}", column.option);
            let secret = secrets.read(&what, &text, may_ask(matches))?;
            column.kind.parse(&secret).map(Some).map_err(|why| Error::usage(format!("{what}: {why}")))
        }
        other => Ok(other),
    }
}

/// Whether a question may be asked.
pub fn may_ask(matches: &ArgMatches) -> bool {
    !matches.try_get_one::<bool>("no-interaction").ok().flatten().copied().unwrap_or_default()
}

/// Whether a secret is given for update as its mask: then a call is whole that changes nothing else.
pub fn keeps_secret(matches: &ArgMatches, table: &'static Table) -> bool {
    let mut columns = table.columns.iter().filter(|column| column.update);
    columns.any(|column| value(matches, column.option).is_some_and(|value| is_masked(column, &value)))
}

fn is_masked(column: &Column, value: &sea_query::Value) -> bool {
    column.secret && matches!(value, sea_query::Value::String(Some(text)) if secret::is_mask(text))
}

/// What is said to a mask that is given where nothing is set.
pub fn only_a_mask(option: &str) -> Error {
    Error::usage(format!("{option} is the mask that stands for a value, and nothing is set yet"))
        .hint("Give the value itself, or leave the option out")
}

/// The fields that `--fields` names, in its order; None where it is not given.
pub fn wanted_fields(matches: &ArgMatches) -> Option<Vec<String>> {
    match value(matches, "fields")? {
        sea_query::Value::String(Some(text)) => {
            let mut names: Vec<String> = Vec::new();
            for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                // One that is named twice is shown once: an object has each key once.
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            Some(names).filter(|names| !names.is_empty())
        }
        _ => None,
    }
}

/// Which options of a listing are given an empty text and are as if they were not there, as `--limit=`: what is said of them.
pub fn ignored(matches: &ArgMatches) -> Option<String> {
    let is_empty = |name: &&str| {
        let given = matches.try_get_raw(name).ok().flatten();
        given.is_some_and(|mut values| values.all(std::ffi::OsStr::is_empty))
    };
    let names: Vec<String> = ["limit", "offset", "order", "fields"]
        .iter()
        .filter(|name| is_empty(name))
        .map(|name| format!("--{name}"))
        .collect();
    (!names.is_empty()).then(|| format!("{} without a value: ignored", names.join(", ")))
}

/// The name of a context of a kubeconfig.
///
/// # Errors
/// The words that say why it is not valid.
pub fn kubernetes_context(text: &str) -> Result<String, String> {
    ForeignName::Context.option(text)
}
