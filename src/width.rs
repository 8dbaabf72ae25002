//! How wide texts are on a terminal, and texts and rows of them that are made to fit.

use std::borrow::Cow;
use std::fmt::Display;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns of a terminal a text takes: two for most letters of East Asia, none for an accent that joins a letter.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text that takes at most so many columns: of a longer one the beginning and a `…`.
pub fn shortened(text: &str, columns: usize) -> Cow<'_, str> {
    shortened_with(text, columns, '…')
}

/// A text that takes at most so many columns, with another sign of one column for what is left out.
pub fn shortened_with(text: &str, columns: usize, ellipsis: char) -> Cow<'_, str> {
    // No letter takes more columns than bytes, so that most texts need not be looked at.
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut taken = 0;
    let end = text.char_indices().find(|(_, letter)| {
        taken += letter.width().unwrap_or(1);
        taken >= columns
    });
    let mut beginning = end.map_or(text, |(at, _)| &text[..at]);
    // Letters that form one sign may be wider together than each by itself.
    while width(beginning) >= columns {
        beginning = beginning.char_indices().next_back().map_or("", |(at, _)| &text[..at]);
    }
    Cow::Owned(format!("{}{ellipsis}", beginning.trim_end()))
}

/// These in a row, `1, 2, 3`: of more than `limit` of them the first, and a `…`.
pub fn first_of<T: Display>(items: &[T], limit: usize) -> String {
    let shown: Vec<String> = items.iter().take(limit).map(ToString::to_string).collect();
    let more = if items.len() > limit { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A text in lines of at most so many columns of the terminal, parted at blanks where there are any.
///
/// Text that people copy stays whole: a long path, or a command in backticks.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in split_words(text) {
        if taken > 0 && taken + width(word.trim_end()) > columns {
            lines.push(String::new());
            taken = 0;
        }
        taken += width(word);
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The words of a text with the blanks behind them. What stands between two backticks is one.
fn split_words(text: &str) -> Vec<&str> {
    let (mut words, mut from, mut is_quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        is_quoted ^= c == '`';
        if c == ' ' && !is_quoted {
            words.push(&text[from..=at]);
            from = at + 1;
        }
    }
    words.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_whole() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a /very/long/path b", 6), ["a", "/very/long/path", "b"]);
        assert_eq!(wrapped("", 6), [""]);
        assert_eq!(wrapped("a `job get 5` b", 8), ["a", "`job get 5`", "b"]);
        assert_eq!(wrapped("it's `un closed one", 8), ["it's", "`un closed one"]);
        // Each of these letters takes two columns.
        assert_eq!(wrapped("日本 語の 名前", 9), ["日本 語の", "名前"]);
        assert_eq!(wrapped("日本 語の 名前", 8), ["日本", "語の", "名前"]);
    }

    #[test]
    fn a_text_keeps_its_beginning() {
        for (text, columns, wanted) in [
            ("nightly", 7, "nightly"),
            ("nightly", 6, "night…"),
            ("in the night", 4, "in…"),
            ("Žluťoučký", 5, "Žluť…"),
            ("日本語の名前", 7, "日本語…"),
            ("日本語の名前", 6, "日本…"),
            ("nightly", 1, "…"),
            ("nightly", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(shortened(text, columns), wanted);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked_for(text in "\\PC{0,30}", columns in 0..20usize) {
            prop_assert!(width(&shortened(&text, columns)) <= columns);
        }
    }

    #[test]
    fn of_many_the_first_are_named() {
        assert_eq!(first_of(&[1, 2, 3], 3), "1, 2, 3");
        assert_eq!(first_of(&[1, 2, 3], 2), "1, 2, …");
        assert_eq!(first_of::<i64>(&[], 2), "");
    }
}
