//! What is too long for the columns of MariaDB and PostgreSQL, told before they refuse it in words that name no value.

use super::application::Application;
use super::localized::Localized;
use super::violation::{Violation, violation};

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

/// Each value of a definition that its column cannot hold. SQLite holds them all.
pub(super) fn too_long(application: &Application) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut check = |path: String, text: &str, width: usize| {
        let length = text.chars().count();
        if length > width {
            violations.push(violation(path, format!("has {length} characters, the database holds at most {width}")));
        }
    };
    for (column, value) in application.columns() {
        if let Some((_, width)) = APPS.iter().find(|(name, _)| *name == column) {
            check(column.to_owned(), &value, *width);
        }
    }
    for (name, variable) in application.environment.iter() {
        check(format!("environment.{name}"), name, 64);
        let texts = [("description", &variable.description), ("hint", &variable.hint), ("note", &variable.note)];
        for (member, text) in texts {
            check(format!("environment.{name}.{member}"), Localized::main(text), 1024);
        }
        check(format!("environment.{name}.defval"), &variable.default_text(), 256);
    }
    violations
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_is_named() {
        let definition = json!({"name": "ř".repeat(64), "executable": "x".repeat(256), "environment": {"A": {"defval": "x".repeat(300)}}});
        let told: Vec<String> =
            too_long(&Application::from_value(&definition).unwrap()).iter().map(Violation::to_string).collect();
        assert_eq!(
            told,
            [
                "executable: has 256 characters, the database holds at most 255",
                "environment.A.defval: has 300 characters, the database holds at most 256",
            ]
        );
    }
}
