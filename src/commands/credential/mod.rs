//! `credential`: a company's access to something, with values that jobs get as variables.

mod encrypt;
mod save;
mod show;
mod table;
pub mod values;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
pub use table::TABLE;

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Credentials: values that a company's jobs get, secrets among them",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List credentials").listing(),
        mixed_verb!("get", get, TABLE, show::Reveal, show::get, "Show a credential, its secrets masked").reading(),
        mixed_verb!("create", create, TABLE, save::Fields, save::create, "Create a credential"),
        mixed_verb!("update", update, TABLE, save::Fields, save::update, "Change a credential and its values"),
        mixed_verb!("remove", pick, TABLE, NoArgs, save::remove, "Remove a credential that no runtemplate uses")
            .deleting(),
        verb!(
            "encrypt-existing",
            "Encrypt secret values that are stored unencrypted",
            encrypt::Encrypt,
            encrypt::encrypt
        ),
    ],
};
