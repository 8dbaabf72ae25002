//! Numbers of things, for people: data has bare numbers.

/// `1 job`, `1,954 jobs`; of several words the first one that ends in an `s` is the noun.
pub fn counted(count: u64, plural: &str) -> String {
    if count != 1 {
        return format!("{} {plural}", thousands(count));
    }
    let singular = |word: &str| match word.strip_suffix("ies") {
        Some(stem) => Some(format!("{stem}y")),
        None => word.strip_suffix('s').map(str::to_owned),
    };
    match plural.split(' ').find_map(|word| Some((word, singular(word)?))) {
        Some((many, one)) => format!("1 {}", plural.replacen(many, &one, 1)),
        None => format!("1 {plural}"),
    }
}

/// `1,954`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted() {
        for (count, plural, text) in [
            (0, "jobs", "0 jobs"),
            (1, "jobs", "1 job"),
            (1, "erasure entries", "1 erasure entry"),
            (1, "jobs that they launched", "1 job that they launched"),
            (999, "jobs", "999 jobs"),
            (9011, "old jobs", "9,011 old jobs"),
            (1_000_000, "log records", "1,000,000 log records"),
        ] {
            assert_eq!(counted(count, plural), text);
        }
    }
}
