//! Texts of others on a terminal: characters that would steer it, or show a text in another order than it is written, are
//! made visible. All that the printer writes for people goes through here.

use crate::utf8;

/// Control characters, the marks that turn a text's direction, line ends that few programs know, and what is not seen at all.
///
/// Two names that look alike would be one for people.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || is_invisible(c)
}

/// Characters that no terminal shows: of Unicode's formatting characters (Cf) those of no width, and fillers.
///
/// U+200C and U+200D are left: Persian, the scripts of India and composed emoji are written with them. Flags of regions, which end
/// in tags, are shown with these: as tags, any text can be hidden.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Line ends and tabs, which sentences have.
pub fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

/// A text whose steering characters are made visible, but for those that may stay: an escape becomes `\u{1b}`.
pub fn visible(text: &str, may_stay: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) && !may_stay(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// A text of others inside of a sentence: a line end in it begins no line of its own.
pub fn on_one_line(text: &str) -> String {
    visible(text, |_| false)
}

/// JSON of which these characters are escaped, which stand in its texts alone.
pub fn escaped_json(json: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_escaped(c) {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// JSON whose steering characters are escaped as JSON has it: the same values, in other bytes.
pub fn visible_json(json: &str) -> String {
    // JSON has a line end between values only, and no other control character below U+0020.
    escaped_json(json, |c| steers(c) && !is_layout(c))
}

/// A job's own stream on its way to a terminal, which comes in pieces that may end within a character.
#[derive(Default)]
pub struct StreamFilter {
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl StreamFilter {
    /// The next piece as the terminal is to have it. Bytes that are no text are shown as U+FFFD.
    pub fn pass(&mut self, piece: &[u8]) -> String {
        self.begun.extend_from_slice(piece);
        let whole = self.begun.len() - utf8::unfinished(&self.begun);
        let rest = self.begun.split_off(whole);
        let text = std::mem::replace(&mut self.begun, rest);
        // A lone return begins the line again, as a program does that shows how far it is.
        visible(&String::from_utf8_lossy(&text), |c| is_layout(c) || c == '\r')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_is_seen() {
        assert_eq!(visible("a\u{1b}]0;x\u{7}\tb\n", is_layout), "a\\u{1b}]0;x\\u{7}\tb\n");
        assert_eq!(
            visible("x\u{202e}cod.exe\u{85}\u{9b}1m\u{2028}", |_| false),
            "x\\u{202e}cod.exe\\u{85}\\u{9b}1m\\u{2028}"
        );
        assert_eq!(on_one_line("Žluťoučký 👩‍🚀 עברית نمی‌خواهم"), "Žluťoučký 👩‍🚀 עברית نمی‌خواهم");
        assert_eq!(on_one_line("a\nb\u{200b}\u{feff}\u{e0061}"), "a\\nb\\u{200b}\\u{feff}\\u{e0061}");
    }

    #[test]
    fn json_stays_the_same_value() {
        let json = "{\n    \"a\": \"\\u001b \u{7f}\u{9b}\u{202e}ž\"\n}";
        let shown = visible_json(json);
        assert_eq!(shown, "{\n    \"a\": \"\\u001b \\u007f\\u009b\\u202ež\"\n}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), serde_json::from_str(json).ok());
    }

    #[test]
    fn a_stream_keeps_returns_and_shows_what_is_no_text() {
        let mut filter = StreamFilter::default();
        assert_eq!(filter.pass(b"50%\r100%\r\n\x1b[2J"), "50%\r100%\r\n\\u{1b}[2J");
        assert_eq!(filter.pass(b"\xff\xc5"), "\u{fffd}");
        assert_eq!(filter.pass(b"\xbe."), "ž.");
    }

    proptest! {
        #[test]
        fn pieces_and_the_whole_are_shown_alike(bytes in prop::collection::vec(any::<u8>(), 0..40), text in ".{0,12}", at in 0..60usize) {
            let bytes = [bytes, text.into_bytes(), b"end".to_vec()].concat();
            let (first, second) = bytes.split_at(at.min(bytes.len()));
            let mut pieces = StreamFilter::default();
            let shown = pieces.pass(first) + &pieces.pass(second);
            prop_assert_eq!(&shown, &StreamFilter::default().pass(&bytes));
            prop_assert!(!shown.chars().any(|c| steers(c) && !is_layout(c) && c != '\r'));
        }
    }
}
