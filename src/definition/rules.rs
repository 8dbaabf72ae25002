//! What a schema cannot say of a definition: names and codes that appear twice, numbers that no column holds.

use std::collections::HashSet;

use serde_json::Value;

use super::Kind;
use super::violation::{Violation, member, shown, type_of, violation};
use crate::foreign_name::ForeignName;

/// Adds the violations of a definition that its schema does not find.
pub(super) fn check(kind: Kind, definition: &Value, violations: &mut Vec<Violation>) {
    match kind {
        Kind::Application => {
            texts(definition, violations);
            variables(definition, violations);
            exit_codes(definition, violations);
            foreign_names(definition, violations);
        }
        Kind::CredentialPrototype | Kind::CredentialType => keywords(definition, violations),
    }
}

/// A UUID of another form: the suite's validator does not look at it, and published definitions have such.
pub(super) fn odd_uuid(kind: Kind, definition: &Value) -> Option<Violation> {
    let uuid = definition["uuid"].as_str().filter(|uuid| !uuid.is_empty())?;
    let is_usual = uuid.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(uuid).is_ok();
    (kind == Kind::Application && !is_usual).then(|| {
        let message =
            format!("{} is not a UUID such as 1b4e28ba-2fa1-4d3c-883f-0016d3cca427", shown(&definition["uuid"]));
        violation("uuid", message)
    })
}

/// Members that the schema does not know, though definitions have them and imports read them.
fn texts(definition: &Value, violations: &mut Vec<Violation>) {
    for name in ["setup", "cmdparams", "deploy", "code", "resultfile"] {
        let value = &definition[name];
        if !value.is_null() && !value.is_string() {
            violations.push(violation(name, format!("{} is {}, not a text", shown(value), type_of(value))));
        }
    }
    let topics = &definition["topics"];
    let words = topics.as_array().is_some_and(|topics| topics.iter().all(Value::is_string));
    if !topics.is_null() && !topics.is_string() && !words {
        violations.push(violation("topics", format!("{} is {}, not a list of texts", shown(topics), type_of(topics))));
    }
}

/// The schema leaves names such as `lower-case` alone, but what they hold has to be a variable all the same.
fn variables(definition: &Value, violations: &mut Vec<Violation>) {
    for (name, variable) in definition["environment"].as_object().into_iter().flatten() {
        if !variable.is_object() && !in_schema(name) {
            let message = format!("{} is {}, not an object", shown(variable), type_of(variable));
            violations.push(violation(member("environment", name), message));
        }
    }
}

/// Does the schema look at a variable of this name?
fn in_schema(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}

/// What podman, docker, helm and kubectl are given. That it is a text is for the schema.
fn foreign_names(definition: &Value, violations: &mut Vec<Violation>) {
    let mut check = |path: String, kind: ForeignName, value: &Value| {
        let named = value.as_str().map(|name| kind.check(name));
        if let Some(Err(why)) = named
            && !violations.iter().any(|violation| violation.path == path)
        {
            violations.push(violation(path, why));
        }
    };
    check("ociimage".to_owned(), ForeignName::Image, &definition["ociimage"]);
    let kubernetes = &definition["kubernetes"];
    check("kubernetes.recorderImage".to_owned(), ForeignName::Image, &kubernetes["recorderImage"]);
    let helm = &kubernetes["helm"];
    for (name, kind) in
        [("chart", ForeignName::Chart), ("releaseName", ForeignName::Release), ("namespace", ForeignName::Namespace)]
    {
        check(format!("kubernetes.helm.{name}"), kind, &helm[name]);
    }
    for (index, file) in helm["valuesFiles"].as_array().into_iter().flatten().enumerate() {
        check(format!("kubernetes.helm.valuesFiles[{index}]"), ForeignName::ValuesFile, file);
    }
}

/// `"0"` and `"00"` are two members and one exit code.
fn exit_codes(definition: &Value, violations: &mut Vec<Violation>) {
    let mut seen = HashSet::new();
    for name in definition["exitCodes"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let digits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let path = member("exitCodes", name);
        match name.parse::<u32>() {
            Ok(code) if !seen.insert(code) => {
                violations.push(violation(path, format!("exit code {code} appears twice")))
            }
            Ok(_) => {}
            Err(_) if digits => violations.push(violation(path, "is too large for an exit code")),
            Err(_) => {}
        }
    }
}

fn keywords(definition: &Value, violations: &mut Vec<Violation>) {
    let mut seen = HashSet::new();
    for (index, field) in definition["fields"].as_array().into_iter().flatten().enumerate() {
        if let Some(keyword) = field["keyword"].as_str()
            && !seen.insert(keyword)
        {
            violations.push(violation(format!("fields[{index}].keyword"), format!("\"{keyword}\" appears twice")));
        }
    }
}
