//! `credential`: a company's access to something, with values that jobs get as variables.

mod encrypt;
mod save;
mod show;
pub mod values;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
use crate::table::{Column, Dependent, Kind, Table, nothing_to_derive};

pub static TABLE: Table = Table {
    sql: "credentials",
    noun: "credential",
    label: "Credential",
    id_key: "credential_id",
    listing: &[],
    columns: &[
        Column::new("name", Kind::Name(255), "Its name").required(),
        Column::new("company_id", Kind::Id, "Its company's id").only_read(),
        Column::new("credential_type_id", Kind::Id, "Its credential type's id").option("credential-type-id").required(),
    ],
    created: None,
    changed: None,
    dependents: &[
        Dependent { table: "runtplcreds", column: "credentials_id", blocks_as: "runtemplates" },
        Dependent { table: "credata", column: "credential_id", blocks_as: "" },
    ],
    before_create: nothing_to_derive,
};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Credentials: values that a company's jobs get, secrets among them",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List credentials").listing(),
        mixed_verb!("get", get, TABLE, show::Reveal, show::get, "Show a credential, its secrets masked"),
        mixed_verb!("create", create, TABLE, save::Fields, save::create, "Create a credential"),
        mixed_verb!("update", update, TABLE, save::Fields, save::update, "Change a credential and its values"),
        mixed_verb!("remove", pick, TABLE, NoArgs, save::remove, "Remove a credential that no runtemplate uses")
            .destroying(),
        verb!("encrypt-existing", "Encrypt secret values that are stored in clear", encrypt::Encrypt, encrypt::encrypt),
    ],
};
