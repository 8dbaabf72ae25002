//! Tables of what other programs say: kubectl, helm, the kubelet, the engines of containers.

use std::sync::OnceLock;

use regex::RegexSet;

/// Lines that are known, and what they mean. The first pattern that fits one of the lines counts.
pub struct Table<M: 'static> {
    rows: &'static [(&'static str, M)],
    patterns: OnceLock<RegexSet>,
}

impl<M> Table<M> {
    /// A table of these rows, the more important ones first: of several patterns that fit the first one counts.
    ///
    /// The patterns are regular expressions, compiled when lines are first looked up; where one of them is not valid, nothing fits.
    pub const fn new(rows: &'static [(&'static str, M)]) -> Table<M> {
        Table { rows, patterns: OnceLock::new() }
    }

    fn patterns(&self) -> &RegexSet {
        let compile = || RegexSet::new(self.rows.iter().map(|(pattern, _)| pattern));
        self.patterns.get_or_init(|| compile().unwrap_or_else(|_| RegexSet::empty()))
    }

    /// Is each of its patterns one?
    #[cfg(test)]
    pub fn compiles(&self) -> bool {
        self.patterns().len() == self.rows.len()
    }

    /// What the lines mean.
    pub fn look<'l>(&self, lines: impl IntoIterator<Item = &'l str>) -> Option<&'static M> {
        let first = |line| self.patterns().matches(line).iter().next();
        lines.into_iter().filter_map(first).min().map(|row| &self.rows[row].1)
    }
}
