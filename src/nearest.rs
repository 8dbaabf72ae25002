//! The name that was probably meant.

/// How alike two names have to be, from 0 to 1; clap's own limit is near to this.
const ALIKE: f64 = 0.8;

/// The one of these names that is most like the one that was given; none where all are quite different.
pub fn nearest<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let given = given.to_ascii_lowercase();
    let alike = |name: &'n str| (strsim::jaro_winkler(&given, &name.to_ascii_lowercase()), name);
    let most = names.into_iter().map(alike).filter(|(alike, _)| *alike > ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    most.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_hand() {
        let names = ["BANK_API_TOKEN", "BANK_API_URL", "DEBUG"];
        assert_eq!(nearest("BANK_API_TOKN", names), Some("BANK_API_TOKEN"));
        assert_eq!(nearest("debgu", names), Some("DEBUG"));
        assert_eq!(nearest("EVENT_RECORD_ID", names), None);
        assert_eq!(nearest("", names), None);
    }
}
