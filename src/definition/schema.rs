//! Checks a definition against its schema and against what a schema cannot say, and tells every violation in plain words.

use std::collections::HashMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{Draft, ValidationError};
use serde_json::Value;

use super::kind::{APPLICATION_SCHEMA, DefinitionKind};
use super::violation::{Violation, member, shown, type_of, violation};
use crate::error::Error;

/// What a look at a definition finds, in the order of the file.
#[derive(Debug, Default)]
pub struct Findings {
    /// For these it is refused.
    pub violations: Vec<Violation>,
    /// What the suite's validator lets pass: a UUID or an address of another form, and members that nobody knows.
    pub warnings: Vec<Violation>,
}

/// Everything that is wrong with a definition, in the order of the file; nothing when it is valid.
pub fn validate(kind: DefinitionKind, definition: &Value) -> Vec<Violation> {
    examine(kind, definition).violations
}

/// As [`validate`], and what a definition is imported with all the same.
pub fn examine(kind: DefinitionKind, definition: &Value) -> Findings {
    match findings_of_schema(kind, definition) {
        Ok(mut findings) => {
            super::rules::check(kind, definition, &mut findings.violations);
            findings.warnings.extend(super::rules::odd_uuid(kind, definition));
            findings.warnings.extend(super::unknown_members::unknown(kind, definition));
            // What is refused for a member needs no warning of it.
            let refused =
                |warning: &Violation| findings.violations.iter().any(|violation| violation.path == warning.path);
            findings.warnings.retain(|warning| !refused(warning));
            let places = places(definition);
            for found in [&mut findings.violations, &mut findings.warnings] {
                found.sort_by_key(|violation| place_of(&violation.path, &places));
            }
            findings
        }
        // A schema is part of this program and tests compile each of them.
        Err(fault) => Findings {
            violations: vec![violation(
                "",
                format!("cannot be checked: the schema in this program is broken: {fault}"),
            )],
            warnings: Vec::new(),
        },
    }
}

/// The error that says that a definition is refused, with all its violations.
pub fn refuse(kind: DefinitionKind, file: &str, violations: &[Violation]) -> Error {
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    let count = if lines.len() == 1 { "one violation".to_owned() } else { format!("{} violations", lines.len()) };
    let mut error = Error::refused(format!("{file} is not a valid {} definition: {count}", kind.noun()))
        .hint("mend each of them in the file and validate it again")
        .detail("file", file)
        .detail("violations", lines.clone());
    error.causes = lines;
    error
}

fn findings_of_schema(kind: DefinitionKind, definition: &Value) -> anyhow::Result<Findings> {
    let schema: Value = serde_json::from_str(kind.schema())?;
    let validator = jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let mut findings = Findings::default();
    for error in validator.iter_errors(definition) {
        let found = explain(&schema, &error);
        match error.kind() {
            // Nothing is said by an empty text.
            ValidationErrorKind::Format { .. } if error.instance().as_str() == Some("") => {}
            ValidationErrorKind::Format { .. } => findings.warnings.extend(found),
            _ => findings.violations.extend(found),
        }
    }
    Ok(findings)
}

/// The order of all values in the file, by their paths.
fn places(definition: &Value) -> HashMap<String, usize> {
    fn walk(value: &Value, path: String, places: &mut HashMap<String, usize>) {
        let place = places.len();
        places.insert(path.clone(), place);
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(value, member(&path, name), places));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, value)| walk(value, format!("{path}[{index}]"), places));
            }
            _ => {}
        }
    }
    let mut places = HashMap::new();
    walk(definition, String::new(), &mut places);
    places
}

/// Where a violation is told: what is missing comes where that begins in which it is missing.
fn place_of(path: &str, places: &HashMap<String, usize>) -> usize {
    let parent = || path.rfind(['.', '[']).map_or(0, |end| place_of(&path[..end], places));
    places.get(path).copied().unwrap_or_else(parent)
}

/// A schema error in plain words. Some are several: each unknown member is a violation of its own.
fn explain(schema: &Value, error: &ValidationError<'_>) -> Vec<Violation> {
    let path = dotted(error.instance_path());
    let value = error.instance();
    let rule = Rule::at(schema, error.schema_path());
    let message = match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let why = match rule.expected() {
                Some(when) => format!(", required {when}"),
                None if name == "$schema" => format!(": write {APPLICATION_SCHEMA:?}"),
                None => String::new(),
            };
            return vec![violation(member(&path, name), format!("is missing{why}"))];
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = rule.known_members();
            return unexpected
                .iter()
                .map(|name| violation(member(&path, name), format!("is not known here, known are {known}")))
                .collect();
        }
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            let wanted = match error.kind() {
                ValidationErrorKind::Enum { .. } => "a language code such as en, cs or de".to_owned(),
                _ => Rule::at(schema, error.schema_path()).expected().unwrap_or("a name that is known here").to_owned(),
            };
            return vec![violation(member(&path, name), format!("\"{name}\" is not {wanted}"))];
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = rule.expected().map_or_else(|| types(kind), str::to_owned);
            format!("{} is {}, not {wanted}", shown(value), type_of(value))
        }
        ValidationErrorKind::Enum { options } => format!("{} is not one of {}", shown(value), listed(options)),
        ValidationErrorKind::Constant { expected_value } => format!("{} is not {expected_value}", shown(value)),
        ValidationErrorKind::Pattern { pattern } => match rule.expected() {
            Some(wanted) => format!("{} is not {wanted}", shown(value)),
            None => format!("{} does not match the pattern {pattern}", shown(value)),
        },
        ValidationErrorKind::Format { format } => format!("{} is not {}", shown(value), format_name(format)),
        ValidationErrorKind::Minimum { limit } => format!("{} is less than {limit}", shown(value)),
        ValidationErrorKind::Maximum { limit } => format!("{} is more than {limit}", shown(value)),
        ValidationErrorKind::MinLength { .. } => "is empty".to_owned(),
        ValidationErrorKind::MaxLength { limit } => format!("is longer than {limit} characters"),
        ValidationErrorKind::MinItems { .. } => "is an empty list".to_owned(),
        ValidationErrorKind::MinProperties { .. } => match rule.expected() {
            Some(wanted) => format!("is an empty object, not {wanted}"),
            None => "is an empty object".to_owned(),
        },
        _ => error.to_string(),
    };
    vec![violation(path, message)]
}

/// The part of a schema that holds the violated keyword.
struct Rule<'a>(Option<&'a Value>);

impl<'a> Rule<'a> {
    fn at(schema: &'a Value, keyword: &Location) -> Self {
        let pointer = keyword.as_str();
        let node = pointer.rfind('/').and_then(|end| schema.pointer(&pointer[..end]));
        Rule(node)
    }

    fn inner(&self, keyword: &str) -> Self {
        Rule(self.0.and_then(|node| node.get(keyword)))
    }

    /// What the schema says is wanted here; an annotation of ours that validators pass over.
    fn expected(&self) -> Option<&'a str> {
        self.0?.get("wanted")?.as_str()
    }

    fn known_members(&self) -> String {
        let members = self.inner("properties").0.and_then(Value::as_object);
        members.map(|members| members.keys().map(String::as_str).collect::<Vec<_>>().join(", ")).unwrap_or_default()
    }
}

fn dotted(location: &Location) -> String {
    location.segments().fold(String::new(), |path, segment| match segment {
        LocationSegment::Property(name) => member(&path, &name),
        LocationSegment::Index(index) => format!("{path}[{index}]"),
    })
}

fn types(kind: &TypeKind) -> String {
    let name = |word: &str| match word {
        "string" => "a text",
        "object" => "an object",
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "null",
    };
    match kind {
        TypeKind::Single(single) => name(&single.to_string()).to_owned(),
        TypeKind::Multiple(several) => {
            several.iter().map(|single| name(&single.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn listed(options: &Value) -> String {
    let words = options.as_array().into_iter().flatten();
    words.map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
}

fn format_name(format: &str) -> &str {
    match format {
        "uri" => "a web address (a URI such as https://example.org/)",
        other => other,
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
