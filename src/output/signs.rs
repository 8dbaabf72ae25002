//! The signs that a terminal can show.

/// What marks may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    Unicode,
    Letters,
}

impl Signs {
    /// What the locale has, by the variables that say so, the strongest first, and the terminal.
    pub fn of_locale() -> Signs {
        let filled = |key: &str| std::env::var(key).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(filled);
        Signs::for_terminal(&locale.unwrap_or_default(), &filled("TERM").unwrap_or_default())
    }

    /// What stands for the rest of a text that is shortened, one column wide.
    pub fn ellipsis(self) -> char {
        match self {
            Signs::Unicode => '…',
            Signs::Letters => '~',
        }
    }

    fn for_terminal(locale: &str, terminal: &str) -> Signs {
        let encoding = locale.to_ascii_lowercase().replace('-', "");
        // The kernel's own console has few letters.
        let is_poor = matches!(terminal, "linux" | "dumb");
        if encoding.contains("utf8") && !is_poor { Signs::Unicode } else { Signs::Letters }
    }
}

#[cfg(test)]
mod tests {
    use super::Signs;

    #[test]
    fn locales() {
        for locale in ["C.UTF-8", "cs_CZ.utf8", "en_US.UTF-8@x"] {
            assert_eq!(Signs::for_terminal(locale, "xterm"), Signs::Unicode);
        }
        for locale in ["", "C", "POSIX", "cs_CZ.ISO-8859-2"] {
            assert_eq!(Signs::for_terminal(locale, "xterm"), Signs::Letters);
        }
        assert_eq!(Signs::for_terminal("C.UTF-8", ""), Signs::Unicode);
        assert_eq!(Signs::for_terminal("C.UTF-8", "linux"), Signs::Letters);
    }
}
