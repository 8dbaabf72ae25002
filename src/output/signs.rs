//! The signs that a terminal can show.

/// What marks may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    Unicode,
    Letters,
}

impl Signs {
    /// What the locale has, by the variables that say so, the strongest first.
    pub fn of_locale() -> Signs {
        let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|key| std::env::var(key).ok());
        Signs::of(&named.into_iter().find(|value| !value.is_empty()).unwrap_or_default())
    }

    fn of(locale: &str) -> Signs {
        let encoding = locale.to_ascii_lowercase().replace('-', "");
        if encoding.contains("utf8") { Signs::Unicode } else { Signs::Letters }
    }
}

#[cfg(test)]
mod tests {
    use super::Signs;

    #[test]
    fn locales() {
        for locale in ["C.UTF-8", "cs_CZ.utf8", "en_US.UTF-8@x"] {
            assert_eq!(Signs::of(locale), Signs::Unicode);
        }
        for locale in ["", "C", "POSIX", "cs_CZ.ISO-8859-2"] {
            assert_eq!(Signs::of(locale), Signs::Letters);
        }
    }
}
