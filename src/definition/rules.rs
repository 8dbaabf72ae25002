//! What a schema cannot say of a definition: names that say nothing, variables that no environment has, names and codes that appear
//! twice, numbers and characters that no column holds.

use std::collections::HashSet;

use serde_json::Value;

use super::DefinitionKind;
use super::variable::Variable;
use super::violation::{Violation, member, shown, type_of, violation};
use crate::chart_values;
use crate::foreign_name::ForeignName;

/// Adds the violations of a definition that its schema does not find.
pub(super) fn check(kind: DefinitionKind, definition: &Value, violations: &mut Vec<Violation>) {
    match kind {
        DefinitionKind::Application => {
            // An empty executable is taken, and refused where a job is made of it.
            blank(definition, &["name"], violations);
            texts(definition, violations);
            variables(definition, violations);
            exit_codes(definition, violations);
            foreign_names(definition, violations);
            chart_values(definition, violations);
        }
        DefinitionKind::CredentialPrototype | DefinitionKind::CredentialType => {
            blank(definition, required_members(kind), violations);
            keywords(definition, violations);
        }
    }
    nul(definition, "", violations);
}

/// What has to be there, and to say something.
pub(super) fn required_members(kind: DefinitionKind) -> &'static [&'static str] {
    match kind {
        DefinitionKind::Application => &["name", "executable"],
        DefinitionKind::CredentialPrototype | DefinitionKind::CredentialType => &["name", "code"],
    }
}

/// Adds a violation, unless the schema has one of that place.
fn add(violations: &mut Vec<Violation>, path: String, message: impl Into<String>) {
    if !violations.iter().any(|violation| violation.path == path) {
        violations.push(violation(path, message));
    }
}

/// What has to say something, in each of its languages.
fn blank(definition: &Value, names: &[&str], violations: &mut Vec<Violation>) {
    let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    for name in names {
        let value = &definition[*name];
        if is_blank(value) {
            add(violations, (*name).to_owned(), "says nothing");
        }
        for (language, _) in value.as_object().into_iter().flatten().filter(|(_, text)| is_blank(text)) {
            add(violations, member(name, language), "says nothing");
        }
    }
}

/// PostgreSQL has no place for the character NUL, and no environment of a process has.
fn nul(value: &Value, path: &str, violations: &mut Vec<Violation>) {
    const MESSAGE: &str = "has the character NUL in it";
    match value {
        Value::String(text) if text.contains('\0') => add(violations, path.to_owned(), MESSAGE),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nul(item, &format!("{path}[{index}]"), violations);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let path = member(path, name);
                if name.contains('\0') {
                    add(violations, path.clone(), MESSAGE);
                }
                nul(value, &path, violations);
            }
        }
        _ => {}
    }
}

/// A UUID of another form: the suite's validator does not look at it, and published definitions have such.
pub(super) fn odd_uuid(kind: DefinitionKind, definition: &Value) -> Option<Violation> {
    let uuid = definition["uuid"].as_str().filter(|uuid| !uuid.is_empty())?;
    let is_usual = uuid.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(uuid).is_ok();
    (kind == DefinitionKind::Application && !is_usual).then(|| {
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
    let is_list_of_texts = topics.as_array().is_some_and(|topics| topics.iter().all(Value::is_string));
    if !topics.is_null() && !topics.is_string() && !is_list_of_texts {
        violations.push(violation("topics", format!("{} is {}, not a list of texts", shown(topics), type_of(topics))));
    }
}

/// The schema leaves names such as `lower-case` alone, but what they hold has to be a variable all the same.
fn variables(definition: &Value, violations: &mut Vec<Violation>) {
    for (name, variable) in definition["environment"].as_object().into_iter().flatten() {
        let path = member("environment", name);
        if !is_variable(name) {
            add(violations, path.clone(), NO_VARIABLE);
        }
        if !variable.is_object() {
            if !in_schema(name) {
                let message = format!("{} is {}, not an object", shown(variable), type_of(variable));
                add(violations, path, message);
            }
            continue;
        }
        facts(variable, &path, violations);
    }
}

const NO_VARIABLE: &str = "is no name of a variable: it is not empty, neither begins nor ends with a blank, and has neither `=` nor line ends in it";

/// May an environment have a variable of this name? Applications declare such as `lower-case` and `BANKA+`.
fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.contains(|c: char| c == '=' || c.is_control())
}

/// A member of a variable, what it is to be, and in words.
type FactRule<'a> = (&'a str, &'a dyn Fn(&Value) -> bool, &'a str);

/// What is read of a variable, of whatever name, when a definition is imported.
fn facts(variable: &Value, path: &str, violations: &mut Vec<Violation>) {
    const TEXTS: &str = "a text, or an object of texts by language code";
    let is_text = |value: &Value| value.is_string();
    let is_localized = |value: &Value| {
        value.is_string() || value.as_object().is_some_and(|texts| texts.values().all(Value::is_string))
    };
    let rules: [FactRule<'_>; 6] = [
        ("type", &is_text, "a text"),
        ("category", &is_text, "a text"),
        ("required", &Value::is_boolean, "true or false"),
        ("description", &is_localized, TEXTS),
        ("hint", &is_localized, TEXTS),
        ("note", &is_localized, TEXTS),
    ];
    let mut is_told = false;
    for (name, fits, wanted) in rules {
        let Some(value) = variable.get(name).filter(|value| !fits(value)) else { continue };
        is_told = true;
        let path = member(path, name);
        // Of one in another language the schema tells which.
        if !violations.iter().any(|violation| violation.path.starts_with(&path)) {
            let message = format!("{} is {}, not {wanted}", shown(value), type_of(value));
            violations.push(violation(path, message));
        }
    }
    if variable["type"] == "integer" && is_rounded(&variable["defval"]) {
        let message = "is too large for a number, which would be rounded: write it as a text";
        add(violations, member(path, "defval"), message);
    }
    if let (false, Err(cause)) = (is_told, serde_json::from_value::<Variable>(variable.clone())) {
        add(violations, path.to_owned(), format!("is no variable: {cause}"));
    }
}

/// A whole number that no integer holds has lost its last digits by the time that it is read.
fn is_rounded(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Value::Number(number) = value else { return false };
    !number.is_i64() && !number.is_u64() && number.as_f64().is_some_and(|number| number.abs() >= EXACT)
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

/// What a chart is given. That it has the right type is for the schema.
fn chart_values(definition: &Value, violations: &mut Vec<Violation>) {
    let helm = &definition["kubernetes"]["helm"];
    if let Err(why) = chart_values::nested(helm["set"].as_object()) {
        violations.push(violation("kubernetes.helm.set", format!("cannot be used: {why}")));
    }
    for (index, file) in helm["valuesFiles"].as_array().into_iter().flatten().enumerate() {
        if let Some(Err(why)) = file.as_str().map(chart_values::check_file) {
            violations.push(violation(format!("kubernetes.helm.valuesFiles[{index}]"), why));
        }
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
        let Some(keyword) = field["keyword"].as_str() else { continue };
        let path = format!("fields[{index}].keyword");
        if !is_variable(keyword) {
            add(violations, path, NO_VARIABLE);
        } else if !seen.insert(keyword) {
            violations.push(violation(path, format!("\"{keyword}\" appears twice")));
        }
    }
}
