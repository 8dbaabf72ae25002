//! What a definition gives to a chart: `helm.set` as the object that helm reads, and files of values.

use serde_json::{Map, Value};

/// Nobody means a list of thousands; a number that large would only eat memory.
const INDEX_MAX: usize = 1000;

/// Refuses a file of values that this machine does not have; the error is the rest of a sentence that begins with its name.
///
/// helm would fetch it from the network, with whatever password the name holds in helm's arguments.
///
/// # Errors
/// It is a URL.
pub fn check_file(file: &str) -> Result<(), String> {
    if file.contains("://") {
        return Err("is a URL: a values file has to be on this machine".to_owned());
    }
    Ok(())
}

/// `--set` keys as the object they mean: `image.tag` is `tag` within `image`, `\.` a dot in a name, `list[0]` an element.
///
/// # Errors
/// Which key cannot be understood, or says otherwise than another one what stands in one place.
pub fn nested(set: Option<&Map<String, Value>>) -> Result<Value, String> {
    let mut root = Value::Object(Map::new());
    for (key, value) in set.into_iter().flatten() {
        put(&mut root, steps(key)?, value).ok_or_else(|| {
            format!("{key:?}: another key gives a value to the same place, or to one around it or in it")
        })?;
    }
    Ok(root)
}

/// Puts a value where nothing is yet. None where something is.
fn put(root: &mut Value, steps: Vec<Step>, value: &Value) -> Option<()> {
    let mut place = root;
    for step in steps {
        place = match step {
            Step::Name(name) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                place.as_object_mut()?.entry(name).or_insert(Value::Null)
            }
            Step::Index(index) => {
                if place.is_null() {
                    *place = Value::Array(Vec::new());
                }
                let list = place.as_array_mut()?;
                if list.len() <= index {
                    list.resize(index + 1, Value::Null);
                }
                &mut list[index]
            }
        };
    }
    if !place.is_null() {
        return None;
    }
    *place = value.clone();
    Some(())
}

enum Step {
    Name(String),
    Index(usize),
}

fn steps(key: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut name = String::new();
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            '.' => {
                if !name.is_empty() {
                    steps.push(Step::Name(std::mem::take(&mut name)));
                }
            }
            '[' => {
                if !name.is_empty() {
                    steps.push(Step::Name(std::mem::take(&mut name)));
                }
                if steps.is_empty() {
                    return Err(format!("{key:?}: an index belongs behind the name of a list"));
                }
                let Some((index, rest)) = chars.as_str().split_once(']') else {
                    return Err(format!("{key:?}: the [ has no ]"));
                };
                chars = rest.chars();
                match index.parse() {
                    Ok(index) if index <= INDEX_MAX => steps.push(Step::Index(index)),
                    _ => return Err(format!("{key:?}: [{index}] is no number from 0 to {INDEX_MAX}")),
                }
            }
            c => name.push(c),
        }
    }
    if !name.is_empty() || steps.is_empty() {
        steps.push(Step::Name(name));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn set_keys_become_nested() {
        let set =
            json!({"image.tag": "1.0", "image.pull": true, "a\\.b": 1, "list[1].x": "y", "list[0]": 2, "m[0][1]": 3});
        assert_eq!(
            nested(set.as_object()),
            Ok(json!({"image": {"tag": "1.0", "pull": true}, "a.b": 1, "list": [2, {"x": "y"}], "m": [[null, 3]]}))
        );
        for key in [
            "list[1001]", "list[x]", "list[]", "list[-1].a", "list[99999999999999999999]", "[0]", "[0].a", ".[0]",
            "a[0",
        ] {
            assert!(nested(json!({"b": 5, key: 1}).as_object()).is_err_and(|why| why.contains(key)), "{key}");
        }
    }

    #[test]
    fn no_key_takes_what_another_one_gave() {
        for set in [
            json!({"a": 5, "a.b": 6}),
            json!({"a.b": 6, "a": 5}),
            json!({"a[0]": 5, "a.b": 6}),
            json!({"a.b": 5, "a[0]": 6}),
            json!({"a": "x", "a[0]": 6}),
            json!({"a..b": 5, "a.b": 6}),
        ] {
            assert!(nested(set.as_object()).is_err_and(|why| why.contains("same place")), "{set}");
        }
    }

    #[test]
    fn no_file_is_a_url() {
        assert!(check_file("https://u:p@host/x").is_err() && check_file("./values:1.yaml").is_ok());
    }
}
