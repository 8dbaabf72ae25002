//! Which values an option takes that only the database knows.

use clap::Arg;

use crate::commands::{Noun, Program, Shows};
use crate::table::Table;

/// Where values come from.
#[derive(Clone, Copy)]
pub enum Source {
    /// Ids of a table's rows, each with its name.
    Ids(&'static Table),
    /// What people call a table's rows, where that names one of them.
    Names(&'static Table),
    /// The values of a column.
    Column(&'static Table, &'static str),
    /// Jobs, as far as a command can do something with them.
    Jobs(Jobs),
    /// Fields of a listing, with commas between.
    Fields(Listing),
    /// What a listing can be ordered by.
    Order(Listing),
    /// Several with commas between, each with a minus for the other order.
    Sort(Listing),
    /// `KEY=` of the variables that an application takes.
    Config,
    /// `KEY=` of a company's variables, or without the `=`.
    CompanyVariables {
        with_value: bool,
    },
    /// `KEY=` of the fields of a credential.
    CredentialFields,
    Intervals,
    Moments,
    /// Moments that are over.
    Past,
}

/// The columns of a listing: those of its table, and those that come of others.
#[derive(Clone, Copy)]
pub struct Listing {
    pub table: Option<&'static Table>,
    pub joined: &'static [&'static str],
}

/// Which jobs may stand for an id that is being typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Jobs {
    All,
    /// Waiting, in the queue.
    Queued,
    /// Waiting, wherever.
    Waiting,
    /// Waiting or running.
    Unfinished,
    Ended,
}

impl Source {
    /// May a value begin with a dash where it is a word by itself? A name that does is taken for an option.
    pub fn takes_dash(self) -> bool {
        !matches!(self, Source::Names(_) | Source::Column(..))
    }
}

/// What the option of a command asks for; None where clap knows, or nobody does.
pub fn for_option(program: &Program, noun: &'static Noun, verb: &str, arg: &Arg) -> Option<Source> {
    let named = |name: &str| program.tables.iter().copied().find(|table| table.noun == name);
    let own = named(noun.name);
    let listing = || {
        let shows = noun.verbs.iter().find(|known| known.name == verb).map(|verb| verb.shows);
        let (table, joined) = match shows? {
            Shows::TableAnd(joined) => (Some(own?), joined),
            Shows::Only(joined) => (None, joined),
        };
        Some(Listing { table, joined })
    };
    let id = arg.get_id().as_str();
    Some(match id {
        "row" | "id" | "ids" if noun.name == "job" => Source::Jobs(match verb {
            "run" => Jobs::Queued,
            "update" => Jobs::Waiting,
            "cancel" | "wait" => Jobs::Unfinished,
            "retry" => Jobs::Ended,
            _ => Jobs::All,
        }),
        "row" => Source::Names(own?),
        "id" | "request_id" => Source::Ids(own?),
        "company_id" | "company-id" => Source::Ids(named("company")?),
        "company" => Source::Names(named("company")?),
        "app_id" => Source::Ids(named("application")?),
        "app" => Source::Names(named("application")?),
        "runtemplate_id" => Source::Ids(named("runtemplate")?),
        "runtemplate" => Source::Names(named("runtemplate")?),
        "job_id" => Source::Jobs(Jobs::All),
        "event_source_id" => Source::Ids(named("event-source")?),
        "credential_id" => Source::Ids(named("credential")?),
        "credential-type-id" => Source::Ids(named("credential-type")?),
        "user_id" | "user" | "assigned_by" => Source::Ids(named("user")?),
        "user_login" => Source::Column(named("user")?, "login"),
        "login" if noun.name != "user" => Source::Column(named("user")?, "login"),
        "class" => Source::Column(named("credential-prototype")?, "code"),
        "fields" => Source::Fields(listing()?),
        "order" => Source::Order(listing()?),
        "sort" => Source::Sort(listing()?),
        "config" => Source::Config,
        "env" if noun.name == "runtemplate" => Source::Config,
        "env" if noun.name == "company" => Source::CompanyVariables { with_value: true },
        "name" if verb == "env-unset" => Source::CompanyVariables { with_value: false },
        "field" => Source::CredentialFields,
        "interv" => Source::Intervals,
        "schedule_time" | "scheduled" => Source::Moments,
        "since" => Source::Past,
        "until" => Source::Moments,
        // What names a row; where it is a new value, nobody knows it.
        _ if matches!(verb, "create" | "update" | "list") => return None,
        _ => {
            let column = own?.columns.iter().find(|column| column.lookup && column.option == id)?;
            Source::Column(own?, column.name)
        }
    })
}
