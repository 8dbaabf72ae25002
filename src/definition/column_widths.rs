//! What is too long for the columns of MariaDB and PostgreSQL, told before they refuse it in words that name no value.

use super::application::Application;
use super::credential::Prototype;
use super::localized::Localized;
use super::violation::{Violation, member, violation};

/// The columns of `apps` that have a limit, in characters.
const APPS: &[(&str, usize)] = &[
    ("name", 64),
    ("description", 255),
    ("executable", 255),
    ("setup", 256),
    ("cmdparams", 256),
    ("deploy", 255),
    ("homepage", 255),
    ("requirements", 255),
    ("ociimage", 255),
    ("version", 255),
    ("code", 8),
    ("uuid", 36),
    ("resultfile", 255),
    ("artifacts", 255),
    ("helmchart", 255),
];

/// The columns of `credential_prototype` that have a limit, in characters.
const PROTOTYPES: &[(&str, usize)] = &[
    ("uuid", 36),
    ("code", 64),
    ("name", 255),
    ("version", 20),
    ("url", 255),
    ("homepage", 255),
    ("tags", 255),
    ("logo", 255),
];

/// What a `TEXT` of MariaDB holds, in bytes.
const TEXT: usize = 65_535;

/// What a column of translations holds, in characters.
const TRANSLATED: usize = 255;

/// What was found too long so far.
#[derive(Default)]
struct TooLong(Vec<Violation>);

impl TooLong {
    fn check(&mut self, path: impl Into<String>, text: &str, width: usize) {
        let length = text.chars().count();
        if length > width {
            self.0.push(violation(path, format!("has {length} characters, the database holds at most {width}")));
        }
    }

    /// A text for a column that has no width of its own.
    fn check_text(&mut self, path: impl Into<String>, text: &str) {
        if text.len() > TEXT {
            let message = format!("has {} bytes, the database holds at most {TEXT}", text.len());
            self.0.push(violation(path, message));
        }
    }

    /// The rows of a text's translations. What its main column does not take either is told once.
    fn check_languages(&mut self, path: &str, text: Option<&Localized>) {
        let is_told = self.0.iter().any(|violation| violation.path == path);
        let Some(whole) = text else { return };
        for (language, text) in whole.translations().filter(|(_, text)| !is_told || *text != whole.main()) {
            self.check(member(path, language), text, TRANSLATED);
        }
    }
}

/// Each value of an application's definition that its column cannot hold. SQLite holds them all.
pub(super) fn of_application(application: &Application) -> Vec<Violation> {
    let mut found = TooLong::default();
    for (column, value) in application.columns() {
        if let Some((_, width)) = APPS.iter().find(|(name, _)| *name == column) {
            found.check(column, &value, *width);
        }
    }
    for (name, variable) in &application.environment {
        let path = member("environment", name);
        found.check(path.clone(), name, 64);
        found.check(member(&path, "category"), &variable.category, 32);
        let texts = [("description", &variable.description), ("hint", &variable.hint), ("note", &variable.note)];
        for (member_name, text) in texts {
            found.check(member(&path, member_name), Localized::main(text), 1024);
        }
        found.check(member(&path, "defval"), &variable.default_text(), 256);
    }
    found.check_languages("name", Some(&application.name));
    found.check_languages("title", application.title.as_ref());
    for (index, artifact) in application.artifacts.iter().flatten().enumerate() {
        let path = format!("artifacts[{index}]");
        found.check(member(&path, "path"), &artifact.path, 512);
        found.check(member(&path, "type"), &artifact.kind, 128);
        found.check_languages(&member(&path, "name"), Some(&artifact.name));
    }
    found.0
}

/// What of the definition of a credential prototype or type is too long.
pub(super) fn of_prototype(prototype: &Prototype) -> Vec<Violation> {
    let mut found = TooLong::default();
    for (column, value) in prototype.columns() {
        match PROTOTYPES.iter().find(|(name, _)| *name == column) {
            Some((_, width)) => found.check(column, &value, *width),
            None => found.check_text(column, &value),
        }
    }
    found.check_languages("name", Some(&prototype.name));
    for (index, field) in prototype.fields.iter().enumerate() {
        let path = format!("fields[{index}]");
        let main = |text: &'_ Option<Localized>| text.as_ref().map_or(String::new(), |text| text.main().to_owned());
        found.check(member(&path, "keyword"), &field.keyword, 64);
        found.check(member(&path, "type"), &field.kind, 32);
        found.check(member(&path, "name"), field.name(), 255);
        found.check_languages(&member(&path, "name"), field.name.as_ref());
        found.check(member(&path, "hint"), &main(&field.hint), 256);
        found.check(member(&path, "default_value"), &field.default_text(), 256);
        found.check_text(member(&path, "description"), &main(&field.description));
        found.check_text(member(&path, "options"), &field.options_json().unwrap_or_default());
    }
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_is_named() {
        let definition = json!({"name": "ř".repeat(64), "executable": "x".repeat(256), "environment": {"A": {"defval": "x".repeat(300)}}});
        let told: Vec<String> =
            of_application(&Application::from_value(&definition).unwrap()).iter().map(Violation::to_string).collect();
        assert_eq!(
            told,
            [
                "executable: has 256 characters, the database holds at most 255",
                "environment.A.defval: has 300 characters, the database holds at most 256",
            ]
        );
    }
}
