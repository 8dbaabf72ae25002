//! What a definition says and an import does not keep: members that nobody knows, which are mistakes, and members that the
//! suite's tables have no place for.

use serde_json::{Map, Value};

use super::DefinitionKind;
use super::violation::{Violation, member, violation};
use crate::config::MAIN_LANGUAGE;
use crate::nearest::nearest;

/// The members of one kind of object.
struct Members {
    /// Those that are stored.
    stored: &'static [&'static str],
    /// Those that are known and not stored.
    passed_over: &'static [&'static str],
}

const APPLICATION: Members = Members {
    stored: &[
        "$schema", "schemaVersion", "uuid", "name", "title", "description", "version", "homepage", "image", "tags",
        "topics", "requirements", "ociimage", "executable", "cmdparams", "cmdparamsTemplate", "setup", "deploy",
        "code", "resultfile", "environment", "artifacts", "produces", "consumes", "exitCodes", "kubernetes",
    ],
    passed_over: &["author", "license", "category", "repository", "events", "multiflexi"],
};
const VARIABLE: Members = Members {
    stored: &[
        "type", "description", "defval", "required", "category", "hint", "note", "secret", "multiline", "expiring",
    ],
    passed_over: &["options", "name"],
};
const PRODUCT: Members = Members { stored: &["format", "description", "patterns", "fields"], passed_over: &[] };
const SUPPLY: Members =
    Members { stored: &["format", "description", "required", "target", "fields"], passed_over: &[] };
const PROTOTYPE: Members = Members {
    stored: &[
        "$schema", "schemaVersion", "uuid", "code", "name", "description", "version", "logo", "url", "homepage",
        "tags", "fields", "localized",
    ],
    passed_over: &["author", "license"],
};
const FIELD: Members = Members {
    stored: &["keyword", "type", "name", "description", "hint", "default_value", "default", "required", "options"],
    passed_over: &[],
};

impl Members {
    fn is_known(&self, name: &str) -> bool {
        self.stored.contains(&name) || self.passed_over.contains(&name)
    }

    fn check(&self, path: &str, object: &Value, unknown: &mut Vec<Violation>) {
        for name in object.as_object().into_iter().flat_map(Map::keys).filter(|name| !self.is_known(name)) {
            let known = self.stored.iter().chain(self.passed_over).copied();
            let meant = nearest(name, known).map(|near| format!(", is {near} meant?")).unwrap_or_default();
            unknown.push(violation(member(path, name), format!("is not known and not used{meant}")));
        }
    }
}

/// The members that nobody knows: mistakes, or another tool's own.
pub(super) fn unknown(kind: DefinitionKind, definition: &Value) -> Vec<Violation> {
    let mut unknown = Vec::new();
    match kind {
        DefinitionKind::Application => {
            APPLICATION.check("", definition, &mut unknown);
            for (name, members) in [("environment", &VARIABLE), ("produces", &PRODUCT), ("consumes", &SUPPLY)] {
                for (key, object) in objects(&definition[name]) {
                    members.check(&member(name, key), object, &mut unknown);
                }
            }
        }
        // Of a credential type the schema refuses what it does not know.
        DefinitionKind::CredentialPrototype | DefinitionKind::CredentialType => {
            PROTOTYPE.check("", definition, &mut unknown);
            for (index, field) in definition["fields"].as_array().into_iter().flatten().enumerate() {
                FIELD.check(&format!("fields[{index}]"), field, &mut unknown);
            }
        }
    }
    unknown
}

/// What is known and yet not stored, a sentence for each kind of it.
pub fn not_stored(kind: DefinitionKind, definition: &Value) -> Vec<String> {
    let members = if kind == DefinitionKind::Application { &APPLICATION } else { &PROTOTYPE };
    let mut notes = Vec::new();
    let mut note = |what: Vec<&str>, of: &str| {
        if !what.is_empty() {
            notes.push(format!("Not stored, as the suite's tables have no place for it: {}{of}", what.join(", ")));
        }
    };
    note(members.passed_over.iter().copied().filter(|name| definition.get(name).is_some()).collect(), "");
    if kind != DefinitionKind::Application {
        return notes;
    }
    for name in VARIABLE.passed_over {
        let having = objects(&definition["environment"]).filter(|(_, variable)| variable.get(name).is_some());
        note(having.map(|(key, _)| key).collect(), &format!(" ({name} of these variables)"));
    }
    let mut languages: Vec<&str> = objects(&definition["environment"])
        .flat_map(|(_, variable)| ["description", "hint", "note"].map(|text| &variable[text]))
        .flat_map(texts_beside_the_main_one)
        .collect();
    languages.sort_unstable();
    languages.dedup();
    note(languages, " (texts of variables in these languages)");
    notes
}

/// The languages of a text of which no table keeps a translation.
fn texts_beside_the_main_one(text: &Value) -> impl Iterator<Item = &str> {
    let languages = || text.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    let main = languages().find(|language| *language == MAIN_LANGUAGE).or_else(|| languages().next());
    languages().filter(move |language| Some(*language) != main)
}

fn objects(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn mistakes_are_told_with_what_is_near() {
        let definition = json!({
            "name": "A", "execuatble": "x", "x-own": 1,
            "environment": {"A": {"type": "string", "requird": true}, "B": {"options": {}}},
        });
        let told: Vec<String> =
            unknown(DefinitionKind::Application, &definition).iter().map(Violation::to_string).collect();
        assert_eq!(
            told,
            [
                "execuatble: is not known and not used, is executable meant?",
                "x-own: is not known and not used",
                "environment.A.requird: is not known and not used, is required meant?",
            ]
        );
        let prototype = json!({"code": "A", "fields": [{"keyword": "A", "defualt": "x"}]});
        let told: Vec<String> =
            unknown(DefinitionKind::CredentialPrototype, &prototype).iter().map(Violation::to_string).collect();
        assert_eq!(told, ["fields[0].defualt: is not known and not used, is default meant?"]);
    }

    #[test]
    fn what_no_table_holds_is_named() {
        let definition = json!({
            "author": "x", "license": "MIT", "events": {},
            "environment": {
                "A": {"options": {"a": "b"}, "description": {"en": "a", "cs": "b", "sk": "c"}},
                "B": {"options": [], "hint": {"de": "x", "cs": "y"}},
            },
        });
        assert_eq!(
            not_stored(DefinitionKind::Application, &definition),
            [
                "Not stored, as the suite's tables have no place for it: author, license, events",
                "Not stored, as the suite's tables have no place for it: A, B (options of these variables)",
                "Not stored, as the suite's tables have no place for it: cs, sk (texts of variables in these languages)",
            ]
        );
        assert_eq!(
            not_stored(DefinitionKind::Application, &json!({"environment": {"A": {"hint": {"cs": "x"}}}})),
            [""; 0]
        );
    }
}
