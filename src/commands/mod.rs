//! The commands, one file or folder a noun: its table as data, one struct of options and one function a special verb. What a noun
//! and a verb are.

mod application;
mod artifact;
mod company;
mod company_app;
mod complete;
mod completion;
mod credential;
mod credential_prototype;
mod credential_type;
mod database;
mod definition_files;
mod describe;
mod doctor;
mod encryption;
mod event_rule;
mod event_source;
pub mod examples;
mod help;
pub mod job;
pub mod man;
mod parent;
mod prune;
mod queue;
mod reference;
pub mod registry;
mod runtemplate;
mod status;
mod task;
mod telemetry;
mod token;
mod user;
mod user_company;
mod user_erasure;
mod user_role;
mod work;

use std::future::Future;
use std::pin::Pin;

use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::output::Outcome;
use crate::table::Table;

/// The program's name, as help, completion and man pages have it.
pub const PROGRAM: &str = "multiflexi-cli";

/// A noun with its verbs. A noun that is a command by itself has one verb without a name.
pub struct Noun {
    /// As help shows it.
    pub name: &'static str,
    /// Older names that mean the same. Dashes and underscores make no difference and need no alias.
    pub aliases: &'static [&'static str],
    pub about: &'static str,
    pub scope: Scope,
    pub verbs: &'static [Verb],
}

/// What a noun is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What the database holds.
    Data,
    /// How this is set up: settings that cannot be read or make no sense do not end it, as it is there to tell of them.
    Setup,
    /// The program itself: no file is read for it, and no database opened.
    Program,
    /// The program itself, for packagers: help does not show it.
    Packaging,
}

impl Noun {
    /// Do its commands need neither settings nor a database?
    pub fn is_standalone(&self) -> bool {
        !matches!(self.scope, Scope::Data | Scope::Setup)
    }

    /// Do its commands tell themselves what is wrong with the settings?
    pub fn examines_settings(&self) -> bool {
        self.scope == Scope::Setup
    }

    /// Does help leave it out?
    pub fn is_hidden(&self) -> bool {
        self.scope == Scope::Packaging
    }
}

/// The program as its own commands see it: help, descriptions, completion and man pages show all there is.
///
/// It is given to them, so that a command never reaches up to the command line.
pub struct Program {
    pub nouns: &'static [Noun],
    /// The tables of nouns whose rows commands are about.
    pub tables: &'static [&'static Table],
    /// The root command, to be looked at.
    pub root: fn() -> Command,
    /// The options that every command has.
    pub global_options: fn() -> Vec<Arg>,
    /// Brings a command line to its one spelling.
    pub spell: fn(Vec<String>) -> Result<Vec<String>>,
    /// The help of a command, or of the program where the words name none.
    pub help: fn(Vec<String>) -> Result<String>,
}

impl Program {
    /// The noun of this name; None where there is none. Its aliases do not count.
    pub fn noun(&self, name: &str) -> Option<&'static Noun> {
        self.nouns.iter().find(|noun| noun.name == name)
    }
}

/// The future of a running command.
pub type VerbFuture<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

/// The code of a command.
pub type VerbFn = for<'a> fn(&'a mut Context, &'a Program, &'a ArgMatches) -> VerbFuture<'a>;

/// What a command does to what is there: who ends it has to know what became of that.
#[derive(Clone, Copy)]
pub enum Effect {
    /// It may change something.
    Changes,
    /// It looks at it.
    Reads,
    /// It looks at it until these jobs have ended, which go on without it; none where its options let it end at once.
    Watches(fn(&ArgMatches) -> Vec<JobId>),
}

/// The columns that a command shows.
#[derive(Clone, Copy)]
pub enum Shows {
    /// Those of its noun's table as the database has it, and these.
    TableAnd(&'static [&'static str]),
    /// These, of a query over several tables.
    Only(&'static [&'static str]),
}

/// One command: what it takes and what it does.
pub struct Verb {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub about: &'static str,
    /// It prints rows, which can be CSV too.
    pub is_listing: bool,
    /// Which columns its `--fields`, `--order` and `--sort` name.
    pub shows: Shows,
    pub effect: Effect,
    /// It deletes something, or ends what runs: it is written in full, asks on a terminal, and can only say what would be done.
    pub destroys: bool,
    /// What its help says of exit codes, where it has some of its own.
    pub exit_codes: Option<&'static str>,
    /// Adds its options.
    pub args: fn(Command) -> Command,
    pub run: VerbFn,
}

impl Verb {
    /// One that neither lists nor destroys, by one name; it may change something.
    pub const fn new(name: &'static str, about: &'static str, args: fn(Command) -> Command, run: VerbFn) -> Verb {
        Verb {
            name,
            aliases: &[],
            about,
            is_listing: false,
            shows: Shows::TableAnd(&[]),
            effect: Effect::Changes,
            destroys: false,
            exit_codes: None,
            args,
            run,
        }
    }

    /// Makes it a verb whose result is rows.
    pub const fn listing(self) -> Verb {
        Verb { is_listing: true, ..self }.reading()
    }

    /// Makes it a verb that changes nothing.
    pub const fn reading(self) -> Verb {
        Verb { effect: Effect::Reads, ..self }
    }

    /// Makes it a verb that changes nothing and lasts until the jobs have ended that its options name.
    pub const fn watching(mut self, jobs: fn(&ArgMatches) -> Vec<JobId>) -> Verb {
        self.effect = Effect::Watches(jobs);
        self
    }

    /// Has it show columns of other tables.
    pub const fn showing(self, shows: Shows) -> Verb {
        Verb { shows, ..self }
    }

    /// Makes it a verb that destroys.
    pub const fn destroying(self) -> Verb {
        Verb { destroys: true, ..self }
    }

    /// Makes it a verb that deletes a row, by either word that the suite has for that.
    pub const fn deleting(self) -> Verb {
        Verb { aliases: &["remove", "delete"], ..self }.destroying()
    }

    /// Has it end with exit codes of its own.
    pub const fn exiting(self, codes: &'static str) -> Verb {
        Verb { exit_codes: Some(codes), ..self }
    }
}

/// A verb over a table: `table_verb!(list, TABLE, "List companies")`.
macro_rules! table_verb {
    (delete as $name:literal $done:literal, $table:expr, $about:literal) => {
        $crate::commands::Verb::new(
            $name,
            $about,
            |command| $crate::table::args::pick(command, &$table),
            |ctx, _, matches| Box::pin($crate::table::deletion::delete(ctx, &$table, matches, $done)),
        )
        .deleting()
    };
    (get, $table:expr, $about:literal) => {
        $crate::commands::Verb::new(
            "get",
            $about,
            |command| $crate::table::args::get(command, &$table),
            |ctx, _, matches| Box::pin($crate::table::crud::get(ctx, &$table, matches)),
        )
        .reading()
    };
    ($verb:ident, $table:expr, $about:literal) => {
        $crate::commands::Verb::new(
            stringify!($verb),
            $about,
            |command| $crate::table::args::$verb(command, &$table),
            |ctx, _, matches| Box::pin($crate::table::crud::$verb(ctx, &$table, matches)),
        )
    };
}

/// A verb with a table's options, more of its own, and its own code.
///
/// `mixed_verb!("create", create, TABLE, save::Create, save::create, "Create a runtemplate")`.
macro_rules! mixed_verb {
    ($name:literal, $options:ident, $table:expr, $args:ty, $run:path, $about:literal) => {
        $crate::commands::Verb::new(
            $name,
            $about,
            |command| <$args as clap::Args>::augment_args($crate::table::args::$options(command, &$table)),
            |ctx, _, matches| {
                Box::pin(async move { $run(ctx, matches, $crate::commands::parsed::<$args>(matches)?).await })
            },
        )
    };
}

/// The options of a verb that has none of its own.
#[derive(clap::Args)]
pub struct NoArgs {}

/// A verb's own options.
///
/// # Errors
/// They do not go together.
pub fn parsed<A: FromArgMatches>(matches: &ArgMatches) -> Result<A> {
    A::from_arg_matches(matches).map_err(|cause| Error::usage(cause.to_string()))
}

/// A verb with options and code of its own: `verb!("schedule", "Make a job", schedule::Args, schedule::run)`.
macro_rules! verb {
    ($name:literal, $about:literal, $args:ty, $run:path) => {
        $crate::commands::Verb::new($name, $about, <$args as clap::Args>::augment_args, |ctx, _, matches| {
            Box::pin(async move { $run(ctx, $crate::commands::parsed::<$args>(matches)?).await })
        })
    };
}

/// A verb that shows the program itself, and leaves the database alone: its code is given the [`Program`] in place of the context.
macro_rules! program_verb {
    ($about:literal, $args:ty, $run:path) => {
        $crate::commands::Verb::new("", $about, <$args as clap::Args>::augment_args, |ctx, program, matches| {
            Box::pin(async move { $run(ctx, program, $crate::commands::parsed::<$args>(matches)?).await })
        })
        .reading()
    };
}

pub(crate) use {mixed_verb, program_verb, table_verb, verb};
