//! The signs that a terminal can show: for what ended well and what did not, and small graphs; in letters where it has no such signs.

use anstyle::Style;

use super::colour;

/// What signs may be made of.
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

    /// `✓` for what succeeded and `✗` for what failed, or `S` and `F`, with its colour.
    pub fn of_result(self, has_succeeded: bool) -> (String, Style) {
        let sign = match (self, has_succeeded) {
            (Signs::Unicode, true) => "✓",
            (Signs::Unicode, false) => "✗",
            (Signs::Letters, true) => "S",
            (Signs::Letters, false) => "F",
        };
        (sign.to_owned(), colour::of_state(if has_succeeded { "success" } else { "failed" }))
    }

    /// A bar as high as a value is among all from 0 to `most`; digits from 1 to 8 where there are no bars.
    pub fn bar(self, value: i64, most: i64) -> String {
        const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
        const DIGITS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
        let at = i128::from(value.max(0)).saturating_mul(7).checked_div(most.into()).unwrap_or_default().clamp(0, 7);
        let bars = if self == Signs::Unicode { BARS } else { DIGITS };
        usize::try_from(at).ok().and_then(|at| bars.get(at)).copied().unwrap_or(bars[0]).to_owned()
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

    #[test]
    fn bars_grow_with_the_value() {
        let graph = |signs: Signs| [0, 1, 4, 6, 7, 9].map(|value| signs.bar(value, 7)).concat();
        assert_eq!(graph(Signs::Unicode), "▁▂▅▇██");
        assert_eq!(graph(Signs::Letters), "125788");
        assert_eq!(Signs::Letters.bar(0, 0), "1");
        assert_eq!(Signs::Unicode.bar(i64::MAX, i64::MAX), "█");
    }
}
