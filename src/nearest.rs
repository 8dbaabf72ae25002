//! The name that was probably meant.

/// How alike two names have to be, from 0 to 1; clap's own limit is near to this.
const ALIKE: f64 = 0.8;

/// How alike two names are, from 0 to 1; None where they are quite different.
pub fn likeness(given: &str, name: &str) -> Option<f64> {
    let alike = strsim::jaro_winkler(&given.to_ascii_lowercase(), &name.to_ascii_lowercase());
    Some(alike).filter(|alike| *alike > ALIKE)
}

/// Does one slip of the hand lie between: a letter too many, too few or wrong, or two of them in each other's place?
pub fn is_one_slip(given: &str, name: &str) -> bool {
    strsim::osa_distance(&given.to_ascii_lowercase(), &name.to_ascii_lowercase()) <= 1
}

/// The one of these names that is most like the one that was given; none where all are quite different.
pub fn nearest<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let alike = |name: &'n str| likeness(given, name).map(|likeness| (likeness, name));
    // Of those that are as much alike the first.
    let most = names.into_iter().filter_map(alike).reduce(|most, next| if next.0 > most.0 { next } else { most });
    most.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{is_one_slip, nearest};

    #[test]
    fn a_slip_of_the_hand() {
        let names = ["BANK_API_TOKEN", "BANK_API_URL", "DEBUG"];
        assert_eq!(nearest("BANK_API_TOKN", names), Some("BANK_API_TOKEN"));
        assert_eq!(nearest("debgu", names), Some("DEBUG"));
        assert_eq!(nearest("EVENT_RECORD_ID", names), None);
        assert_eq!(nearest("", names), None);
        assert!(is_one_slip("delte", "delete") && is_one_slip("Cancle", "cancel"));
        assert!(!is_one_slip("lst", "stop"));
    }
}
