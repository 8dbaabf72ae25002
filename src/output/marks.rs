//! Signs for what ended well and what did not, and small graphs: in letters where the terminal has no such signs.

use anstyle::Style;

use super::colour;
use super::signs::Signs;

impl Signs {
    /// `✓` for what succeeded and `✗` for what failed, or `S` and `F`, with its colour.
    pub fn mark(self, has_succeeded: bool) -> (String, Style) {
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
    use super::*;

    #[test]
    fn bars_grow_with_the_value() {
        let graph = |signs: Signs| [0, 1, 4, 6, 7, 9].map(|value| signs.bar(value, 7)).concat();
        assert_eq!(graph(Signs::Unicode), "▁▂▅▇██");
        assert_eq!(graph(Signs::Letters), "125788");
        assert_eq!(Signs::Letters.bar(0, 0), "1");
        assert_eq!(Signs::Unicode.bar(i64::MAX, i64::MAX), "█");
    }
}
