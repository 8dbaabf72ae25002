//! Makes a definition valid that was written from a database, by leaving out what does not fit.

use serde_json::Value;

use super::DefinitionKind;
use super::rules::required_members;
use super::schema::validate;
use super::violation::Violation;

/// Leaves out what violates the schema until nothing does; also returns what was left out, and why.
///
/// The members that a definition must have fit when they come from a database, so the end is a valid definition; one that says
/// nothing stays as it is, and the import of it will tell.
pub(super) fn prune(kind: DefinitionKind, mut definition: Value) -> (Value, Vec<Violation>) {
    let mut left_out = Vec::new();
    // One at a time: what is taken from a list moves the rest of it.
    while let Some(violation) = validate(kind, &definition).into_iter().find(|it| !is_kept(kind, it)) {
        let removed = remove(&mut definition, &violation.path);
        left_out.push(violation);
        if !removed {
            break;
        }
    }
    (definition, left_out)
}

fn is_kept(kind: DefinitionKind, violation: &Violation) -> bool {
    required_members(kind).contains(&violation.path.as_str())
}

/// Removes the value at a path such as `fields[0].options`; where it is a missing one, what should hold it.
fn remove(definition: &mut Value, path: &str) -> bool {
    let mut pointer = String::new();
    for segment in path.split(['.', '[']) {
        pointer.push('/');
        pointer.push_str(segment.trim_end_matches(']'));
    }
    while let Some((parent, name)) = pointer.clone().rsplit_once('/') {
        let removed = match definition.pointer_mut(parent) {
            Some(Value::Object(members)) => members.shift_remove(name).is_some(),
            Some(Value::Array(items)) => match name.parse::<usize>() {
                Ok(index) if index < items.len() => {
                    items.remove(index);
                    true
                }
                _ => false,
            },
            _ => false,
        };
        if removed || parent.is_empty() {
            return removed;
        }
        pointer.truncate(parent.len());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_does_not_fit_is_left_out_and_named() {
        let (definition, left_out) = prune(
            DefinitionKind::Application,
            json!({"$schema": "https://example.org/s", "name": "A", "description": "", "executable": "a", "version": "1.0-beta",
                "environment": {"X": {"type": "string", "category": "Misc"}},
                "artifacts": [{"name": "a"}, {"name": "b", "path": "b", "type": "file"}],
                "kubernetes": {"helm": {"chart": "no chart"}}}),
        );
        assert_eq!(validate(DefinitionKind::Application, &definition), []);
        assert_eq!(definition["artifacts"], json!([{"name": "b", "path": "b", "type": "file"}]));
        assert_eq!(definition["environment"], json!({"X": {"type": "string"}}));
        assert_eq!(definition["kubernetes"], json!({"helm": {}}));
        assert_eq!(left_out.len(), 4);
    }
}
