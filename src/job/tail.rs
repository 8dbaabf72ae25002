//! Where the last lines of a job's output begin, found from its end: what stands before them is not read.

use sea_query::{Expr, ExprTrait, Order};

use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::id::JobId;
use crate::job::output_kind as kind;

/// Rows read at a time; each has 60 KB at most.
const PAGE: u64 = 32;
/// A line that began more rows ago than this is shown from there: streams that take turns may cut it into many.
const LOOK_BACK: u32 = 1000;

/// What is shown of a job's output, in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Stdout,
    Stderr,
    Notice,
}

impl Shown {
    /// As what a row of this type is shown; None where such rows are not.
    pub fn of_type(kind: &str) -> Option<Shown> {
        [Shown::Stdout, Shown::Stderr, Shown::Notice].into_iter().find(|shown| shown.types().contains(&kind))
    }

    /// The types of rows that are shown as this. The suite's Kubernetes executor stored its output as `success` and `error`.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Shown::Stdout => &[kind::STDOUT, "success"],
            Shown::Stderr => &[kind::STDERR, "error"],
            Shown::Notice => &[kind::NOTICE],
        }
    }
}

/// The types of rows of which these are shown.
pub fn types(shown: &[Shown]) -> impl Iterator<Item = &'static str> {
    shown.iter().flat_map(|shown| shown.types()).copied()
}

/// Where each stream is shown from: a row's id, and how many bytes of that row are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start([(i64, usize); 3]);

impl Start {
    /// What of a row is shown; None where all of it stands before the start.
    pub fn part<'t>(&self, shown: Shown, id: i64, text: &'t str) -> Option<&'t str> {
        let (from, cut) = self.0[shown as usize];
        match id.cmp(&from) {
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => text.get(cut..),
            std::cmp::Ordering::Greater => Some(text),
        }
    }

    /// All rows of which something is shown have a higher id.
    pub fn before(&self) -> i64 {
        self.0.iter().map(|(id, _)| id.saturating_sub(1)).min().unwrap_or_default()
    }
}

/// Finds where the last `lines` of some streams together begin. A notice is a line.
///
/// # Errors
/// The database cannot be asked.
pub async fn start(db: &mut Db, job: JobId, shown: &[Shown], lines: u64) -> Result<Start> {
    let mut search = Search::new(lines);
    let mut before = i64::MAX;
    loop {
        let mut select = select::columns(tables::JOB_OUTPUT_LINES, ["id", "type", "line"])
            .and_where(Expr::col("job_id").eq(job))
            .and_where(Expr::col("type").is_in(types(shown)))
            .and_where(Expr::col("id").lt(before))
            .take();
        let rows = db.fetch_all(select.order_by("id", Order::Desc).limit(PAGE)).await?;
        for row in &rows {
            let (id, text) = (row.id("id")?, row.text("line").unwrap_or_default());
            before = id;
            let Some(shown) = row.text("type").as_deref().and_then(Shown::of_type) else { continue };
            search.row(shown, id, &text);
            if search.is_over() {
                return Ok(search.start());
            }
        }
        if (rows.len() as u64) < PAGE {
            return Ok(search.start());
        }
    }
}

/// What is known of one stream, read backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum TailStart {
    /// Nothing of it came yet.
    #[default]
    Nothing,
    /// The line that is counted last begins here or before it.
    Open(i64, usize),
    /// It begins here.
    Closed(i64, usize),
}

struct Search {
    left: u64,
    newest: Option<i64>,
    streams: [TailStart; 3],
    looks_back: u32,
}

impl Search {
    fn new(lines: u64) -> Search {
        Search { left: lines, newest: None, streams: [TailStart::Nothing; 3], looks_back: LOOK_BACK }
    }

    /// Counts a line that ends here, if it is one of the last.
    fn count(&mut self, id: i64, end: usize) -> TailStart {
        if self.left == 0 {
            return TailStart::Closed(id, end);
        }
        self.left = self.left.saturating_sub(1);
        TailStart::Open(id, 0)
    }

    /// The next row, backwards.
    fn row(&mut self, shown: Shown, id: i64, text: &str) {
        self.newest.get_or_insert(id);
        if self.left == 0 {
            self.looks_back = self.looks_back.saturating_sub(1);
        }
        let mut found = self.streams[shown as usize];
        if matches!(found, TailStart::Closed(..)) {
            return;
        }
        if shown == Shown::Notice {
            // Each is a line of its own.
            found = self.count(id, text.len());
        } else {
            if found == TailStart::Nothing && !text.ends_with('\n') && !text.is_empty() {
                found = self.count(id, text.len());
            }
            for (at, _) in text.rmatch_indices('\n') {
                if matches!(found, TailStart::Closed(..)) {
                    break;
                }
                found = self.count(id, at + 1);
            }
            // What is still open began before this row, or with it.
            if let TailStart::Open(..) = found {
                found = TailStart::Open(id, 0);
            }
        }
        self.streams[shown as usize] = found;
    }

    /// Is the beginning of each stream's last lines known?
    fn is_over(&self) -> bool {
        // A notice begins where its row does.
        let is_open = |shown: Shown| matches!(self.streams[shown as usize], TailStart::Open(..));
        self.left == 0 && (self.looks_back == 0 || !(is_open(Shown::Stdout) || is_open(Shown::Stderr)))
    }

    fn start(&self) -> Start {
        // What nothing came of has none of the last lines, and what comes later is shown.
        let nothing = self.newest.map_or((0, 0), |newest| (newest.saturating_add(1), 0));
        Start(self.streams.map(|found| match found {
            TailStart::Nothing => nothing,
            TailStart::Open(id, cut) | TailStart::Closed(id, cut) => (id, cut),
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn search(rows: &[(Shown, String)], lines: u64) -> Start {
        let mut search = Search::new(lines);
        for (id, (shown, text)) in (1..).zip(rows).collect::<Vec<_>>().into_iter().rev() {
            search.row(*shown, id, text);
            if search.is_over() {
                break;
            }
        }
        search.start()
    }

    fn shown(rows: &[(Shown, String)], lines: u64) -> Vec<(Shown, String)> {
        let start = search(rows, lines);
        let part =
            |(id, (shown, text)): (i64, &(Shown, String))| Some((*shown, start.part(*shown, id, text)?.to_owned()));
        let parts = (1..).zip(rows).filter_map(part).filter(|(_, text)| !text.is_empty()).collect();
        assert!(
            (1..).zip(rows).all(|(id, (shown, text))| id > start.before() || start.part(*shown, id, text).is_none())
        );
        parts
    }

    fn rows(rows: &[(Shown, &str)]) -> Vec<(Shown, String)> {
        rows.iter().map(|(shown, text)| (*shown, (*text).to_owned())).collect()
    }

    #[test]
    fn lines_are_counted_over_both_streams() {
        use Shown::{Notice, Stderr, Stdout};
        let all = rows(&[(Stdout, "a\nb"), (Notice, "n"), (Stderr, "x\ny\n"), (Stdout, "c\nd")]);
        assert_eq!(shown(&all, 0), []);
        assert_eq!(shown(&all, 1), rows(&[(Stdout, "d")]));
        assert_eq!(shown(&all, 2), rows(&[(Stdout, "b"), (Stdout, "c\nd")]));
        assert_eq!(shown(&all, 3), rows(&[(Stdout, "b"), (Stderr, "y\n"), (Stdout, "c\nd")]));
        assert_eq!(shown(&all, 5), rows(&[(Stdout, "b"), (Notice, "n"), (Stderr, "x\ny\n"), (Stdout, "c\nd")]));
        assert_eq!(shown(&all, 6), all);
        assert_eq!(shown(&all, 99), all);
    }

    proptest! {
        /// Of one stream these are the lines that `tail` shows.
        #[test]
        fn one_stream_ends_as_tail_shows_it(texts in prop::collection::vec("[ab\n]{1,4}", 0..8), lines in 0..6_usize) {
            let all: Vec<_> = texts.iter().map(|text| (Shown::Stdout, text.clone())).collect();
            let whole = texts.concat();
            let parts: Vec<&str> = whole.split_inclusive('\n').collect();
            let wanted = parts[parts.len().saturating_sub(lines)..].concat();
            let found: String = shown(&all, lines as u64).into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
