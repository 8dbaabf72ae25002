//! Whole numbers of `helm.set`. helm reads each number of a file of values, and of `--set-json`, as a floating-point one: 1234567
//! reaches the chart as 1.234567e+06, and more than 16 digits are rounded. Only `--set` keeps them, which stands in argv for
//! everybody to read; so a number that may be a secret stays in the file alone.

use serde_json::Value;

use crate::executor::Variable;
use crate::secret::name_looks_secret;

/// helm takes no deeper names.
const DEPTH_MAX: usize = 30;

/// What is given to helm by `--set` beside the file of values: `image.port=8080`, for each whole number in it.
pub fn arguments(values: &Value, environment: &[Variable]) -> Vec<String> {
    let mut found = Finder { environment, arguments: Vec::new() };
    if values.is_object() {
        found.look(values, "", 0);
    }
    found.arguments
}

struct Finder<'a> {
    environment: &'a [Variable],
    arguments: Vec<String>,
}

impl Finder<'_> {
    fn look(&mut self, value: &Value, key: &str, depth: usize) {
        match value {
            _ if depth > DEPTH_MAX => {}
            Value::Object(members) => {
                // No text of `--set` means a member without a name.
                for (name, value) in members.iter().filter(|(name, _)| !name.is_empty() && !name_looks_secret(name)) {
                    let dot = if key.is_empty() { "" } else { "." };
                    self.look(value, &format!("{key}{dot}{}", escaped(name)), depth + 1);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.look(value, &format!("{key}[{index}]"), depth + 1);
                }
            }
            Value::Number(number) => {
                // helm takes more than 63 bits for a text, which has all of its digits.
                if (number.is_i64() || number.is_u64())
                    && let number = number.to_string()
                    && !self.environment.iter().any(|variable| variable.secret && variable.value == number)
                {
                    self.arguments.push(format!("{key}={number}"));
                }
            }
            _ => {}
        }
    }
}

/// A name in which no character has a meaning for `--set`.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if r"\.,=[]".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_and_nothing_else() {
        let values = json!({"n": 12_345_678_901_234_567_i64, "f": 1.5, "s": "7", "b": true, "a.b": {"c": -5}, "": 1, "pin": 1234,
            "list": [1, null, {"x=y": 2}], "big": u64::MAX, "code": 4321});
        let secret = Variable { name: "CODE".into(), value: "4321".into(), secret: true };
        let mut found = arguments(&values, &[secret]);
        found.sort();
        assert_eq!(
            found,
            [r"a\.b.c=-5", "big=18446744073709551615", "list[0]=1", r"list[2].x\=y=2", "n=12345678901234567"]
        );
    }
}
