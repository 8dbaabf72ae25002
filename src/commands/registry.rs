//! The registry of commands. Its order is the order of the help.

use super::{
    Noun, application, artifact, company, company_app, complete, completion, credential, credential_prototype,
    credential_type, database, describe, doctor, encryption, event_rule, event_source, help, job, man, prune, queue,
    runtemplate, status, task, telemetry, token, user, user_company, user_erasure, user_role,
};
use crate::table::Table;

// One line a noun, in the order of the help: so merges stay easy.
#[rustfmt::skip]
pub static ALL: &[Noun] = &[
    application::NOUN,
    company::NOUN,
    company_app::NOUN,
    runtemplate::NOUN,
    job::NOUN,
    queue::NOUN,
    task::NOUN,
    artifact::NOUN,
    credential::NOUN,
    credential_type::NOUN,
    credential_prototype::NOUN,
    encryption::NOUN,
    user::NOUN,
    token::NOUN,
    user_company::NOUN,
    user_role::NOUN,
    user_erasure::NOUN,
    event_source::NOUN,
    event_rule::NOUN,
    database::NOUN,
    status::NOUN,
    doctor::NOUN,
    prune::NOUN,
    telemetry::NOUN,
    help::LIST,
    help::HELP,
    describe::NOUN,
    completion::NOUN,
    complete::NOUN,
    man::NOUN,
];

/// The tables of nouns whose rows commands are about.
#[rustfmt::skip]
pub static TABLES: &[&Table] = &[
    &application::TABLE,
    &company::TABLE,
    &runtemplate::TABLE,
    &job::TABLE,
    &task::TABLE,
    &artifact::TABLE,
    &credential::TABLE,
    &credential_type::TABLE,
    &credential_prototype::TABLE,
    &user::TABLE,
    &token::TABLE,
    &user_erasure::TABLE,
    &event_source::TABLE,
    &event_rule::TABLE,
];
