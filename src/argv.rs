//! A command line as it was typed, looked at before it is parsed or where it cannot be: errors of the line itself, completion.

/// The flags of one letter that may stand before an option of one letter: `-vfjson`.
pub const FLAGS: [char; 3] = ['v', 'q', 'n'];

/// The value that a line gives an option, by its long name and its letters.
///
/// Of an option that is given twice the last one counts, as it does when the line is parsed.
///
/// `--format=json`, `--format json`, `-fjson`, `-f=json`, `-f json` and `-vf json` are one.
pub fn value_of(line: &[String], long: &str, letters: &[char]) -> Option<String> {
    let attached = |word: &str| match word.strip_prefix("--") {
        Some(named) => match named.strip_prefix(long)? {
            "" => Some(String::new()),
            value => value.strip_prefix('=').map(str::to_owned),
        },
        None => {
            let value = word.strip_prefix('-')?.trim_start_matches(FLAGS).strip_prefix(letters)?;
            Some(value.strip_prefix('=').unwrap_or(value).to_owned())
        }
    };
    let given = |(at, word): (usize, &String)| match attached(word)? {
        value if value.is_empty() && !word.ends_with('=') => line.get(at.saturating_add(1)).cloned(),
        value => Some(value),
    };
    line.iter().enumerate().filter_map(given).next_back()
}

/// Whether a line has a flag, by its long name.
pub fn has_flag(line: &[String], long: &str) -> bool {
    line.iter().any(|word| word.strip_prefix("--") == Some(long))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_however_it_is_written() {
        for (line, value) in [
            ("job list --format=json", Some("json")),
            ("--format json job list", Some("json")),
            ("job list -fjson", Some("json")),
            ("job list -f=json", Some("json")),
            ("job list -vqF json", Some("json")),
            ("job list --format=csv -f yaml", Some("yaml")),
            ("job list --format=", Some("")),
            ("job list --formats=json", None),
            ("job list --fields=f", None),
            ("job list --format", None),
            ("job list", None),
        ] {
            let line: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(value_of(&line, "format", &['f', 'F']).as_deref(), value, "{line:?}");
        }
    }
}
