//! `event-source`: databases of other programs in which changes are looked for.

use clap::ArgMatches;
use serde_json::json;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb};
use crate::context::Context;
use crate::database::Tls;
use crate::db::{Database, Server, tables};
use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::output::{Outcome, on_one_line};
use crate::secret::Secret;
use crate::table::{Column, Dependent, Kind, Table, crud};

const DRIVERS: &[&str] = &["mysql", "pgsql", "sqlite"];

pub static TABLE: Table = Table {
    sql: tables::EVENT_SOURCE,
    noun: "event-source",
    label: "Event source",
    listing: &[
        "id", "name", "adapter_type", "db_connection", "db_host", "db_port", "db_database", "enabled", "poll_interval",
    ],
    columns: &[
        Column::new("name", Kind::Name(255), "Its name").required().unique(&["name"]),
        Column::new("adapter_type", Kind::Text(60), "What writes the changes, such as abraflexi-webhook").default(""),
        Column::new("db_connection", Kind::Choice(DRIVERS), "The kind of its database").default("mysql"),
        Column::new("db_host", Kind::Text(255), "Its database's host").default("localhost"),
        Column::new("db_port", Kind::Custom { takes: "PORT", parse: port }, "Its database's port").default("3306"),
        Column::new("db_database", Kind::Text(255), "Its database's name, for sqlite a path").default(""),
        Column::new("db_username", Kind::Text(255), "Its database's user").default(""),
        Column::new("db_password", Kind::Text(255), "Its database's password").default("").secret(),
        Column::new("poll_interval", Kind::Number, "Seconds between polls").default("60"),
        Column::new("enabled", Kind::Bool, "Whether it is polled").default("1"),
    ],
    created: &["created", "modified"],
    changed: Some("modified"),
    dependents: &[Dependent::new(tables::EVENT_RULE, "event_source_id", "event rules")],
    ..Table::DEFAULT
};

fn port(text: &str) -> Result<String, String> {
    match text.parse::<u16>() {
        Ok(1..) => Ok(text.into()),
        _ => Err("it takes a port number from 1 to 65535".into()),
    }
}

/// The database that an event source describes.
fn database_of(row: &Row) -> Result<Database> {
    let text = |name| row.text(name).unwrap_or_default();
    let port = text("db_port");
    let server = |row: &Row| -> Result<Server> {
        Ok(Server {
            host: row.filled("db_host").unwrap_or_else(|| "localhost".into()),
            port: port.parse().map_err(|_| Error::refused(format!("db_port is {port:?}, which is no port number")))?,
            user: text("db_username"),
            password: Secret::new(text("db_password")),
            database: text("db_database"),
            tls: Tls::default(),
        })
    };
    match text("db_connection").as_str() {
        "mysql" => Ok(Database::MySql(server(row)?)),
        "pgsql" => Ok(Database::Postgres(server(row)?)),
        "sqlite" => Database::file(&text("db_database"), "db_database"),
        other => Err(Error::refused(format!("db_connection is {other:?}, which this tool does not speak"))
            .hint(format!("It takes {}", DRIVERS.join(", ")))),
    }
}

async fn test(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick(ctx.db().await?, &TABLE, matches).await?;
    let id = row.id("id")?;
    let name = on_one_line(&row.text("name").unwrap_or_default());
    let reached = match database_of(&row) {
        Ok(database) => Db::probe(&database, ctx.limits()?).await,
        Err(error) => Err(error),
    };
    reached.map_err(|error| {
        let message = format!("event source {id} ({name}) cannot be reached: {}", error.message);
        let hint = format!(
            "Check its db_ columns (`multiflexi-cli event-source get --id={id}`, `multiflexi-cli event-source update --id={id}`), and \
             that the server runs and lets this host in"
        );
        Error { message, hint: Some(hint), ..error }.detail("reachable", false)
    })?;
    Ok(Outcome::message(format!("Event source {id} ({name}) is reachable"), json!({"reachable": true})))
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Event sources: databases that are watched for changes",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List event sources").listing(),
        table_verb!(get, TABLE, "Show an event source"),
        table_verb!(create, TABLE, "Create an event source"),
        table_verb!(update, TABLE, "Change an event source"),
        table_verb!(delete as "remove" "removed", TABLE, "Remove an event source that no rule uses"),
        mixed_verb!("test", pick, TABLE, NoArgs, test, "Connect to an event source's database").reading(),
    ],
};
