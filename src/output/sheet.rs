//! Rows for people on a terminal: one line each, in columns that fit, with room for what matters. What is widest gives way first,
//! but for what is looked for; where that does not do, columns are left out. A wide terminal gets more of them.

use std::borrow::Cow;

use anstyle::Style;

use super::signs::Signs;
use super::steering::visible;
use super::{Format, Printer, colour};
use crate::error::Result;
use crate::width::{shortened_with, width};

/// How many rows are laid out together; those behind them keep the widths of the first.
const PAGE: usize = 500;

/// From so many columns on a terminal is wide.
const WIDE: usize = 120;
/// From so many columns on there is room for words beside those that answer.
const VERY_WIDE: usize = 160;
/// A text that is shortened to less than this is in want of room, whatever it may be shortened to.
const COMFORTABLE: usize = 40;
/// What is shortened to less than this is hard to know again.
const RECOGNIZABLE: usize = 11;

/// A column of a sheet.
#[derive(Clone, Copy)]
pub struct SheetColumn {
    title: &'static str,
    /// Its texts may be shortened to so many columns of the terminal.
    least: Option<usize>,
    is_number: bool,
    /// Wide terminals alone have it.
    is_extra: bool,
    /// Of its texts, which are signs, the end stays.
    keeps_end: bool,
    /// It is what is looked for: the others give way to it.
    is_answer: bool,
    /// Where there is no room for all, the one with the greatest number is left out first, those with none last.
    goes: u8,
}

impl SheetColumn {
    /// A column of texts under a title: all terminals have it, and its texts are never shortened.
    pub const fn new(title: &'static str) -> SheetColumn {
        SheetColumn {
            title,
            least: None,
            is_number: false,
            is_extra: false,
            keeps_end: false,
            is_answer: false,
            goes: 0,
        }
    }

    /// Lets its texts be shortened to a width.
    pub const fn shrinking(self, least: usize) -> SheetColumn {
        SheetColumn { least: Some(least), ..self }
    }

    /// Makes it what is looked for: others are shortened before it is, down to a comfortable width.
    pub const fn answering(self, least: usize) -> SheetColumn {
        SheetColumn { is_answer: true, ..self }.shrinking(least)
    }

    /// Lets it be left out where there is no room for all: the one of the greatest number first.
    pub const fn going(self, place: u8) -> SheetColumn {
        SheetColumn { goes: place, ..self }
    }

    /// Makes it one of signs, of which the newest, at the end, stay where all other columns have given way.
    ///
    /// How many they are stands behind the title.
    pub const fn keeping_end(self, least: usize) -> SheetColumn {
        SheetColumn { keeps_end: true, ..self }.shrinking(least)
    }

    /// Shows it on a wide terminal alone, and only where nothing else is in want of room for it.
    pub const fn extra(self) -> SheetColumn {
        SheetColumn { is_extra: true, ..self }
    }

    /// Makes it one of numbers, whose ends stand below each other.
    pub const fn number(self) -> SheetColumn {
        SheetColumn { is_number: true, ..self }
    }

    /// The title above texts of this width: signs are counted, where there are several.
    fn title_over(&self, text: usize) -> Cow<'static, str> {
        if self.keeps_end && text > 1 { format!("{} {text}", self.title).into() } else { self.title.into() }
    }
}

/// One cell of a table: a text, or several, each in its own colour.
#[derive(Default)]
pub struct Cell(Vec<(String, Style)>);

impl Cell {
    /// A cell of one text in one style.
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell(vec![(text.into(), style)])
    }

    /// A cell of several parts in a row, each in its own style.
    pub fn from_parts(parts: Vec<(String, Style)>) -> Cell {
        Cell(parts)
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| width(text)).sum()
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell::styled(text, Style::new())
    }
}

/// Rows on their way to a terminal.
pub struct Sheet<'p> {
    printer: &'p Printer,
    terminal: usize,
    columns: &'static [SheetColumn],
    page: Vec<Vec<Cell>>,
    /// Known once the first page is whole.
    layout: Option<Layout>,
    ellipsis: char,
    rows: u64,
}

impl Printer {
    /// Starts a sheet of these columns. None where no terminal shows it: there a listing has all its columns.
    pub fn sheet(&self, columns: &'static [SheetColumn]) -> Option<Sheet<'_>> {
        let terminal = self.width.filter(|_| self.format == Format::Text)?.into();
        let ellipsis = Signs::of_locale().ellipsis();
        Some(Sheet { printer: self, terminal, columns, page: Vec::new(), layout: None, ellipsis, rows: 0 })
    }
}

impl Sheet<'_> {
    /// Is there room for moments beside how far they are, and for durations to the second?
    pub fn is_wide(&self) -> bool {
        self.terminal >= VERY_WIDE
    }

    /// Adds a row with a cell for each column.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        self.rows = self.rows.saturating_add(1);
        let harmless = |(text, style): (String, Style)| (visible(&text, |_| false), style);
        self.page.push(cells.into_iter().map(|cell| Cell(cell.0.into_iter().map(harmless).collect())).collect());
        if self.page.len() >= PAGE { self.flush() } else { Ok(()) }
    }

    /// Shows what is left, and returns how many rows there were.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn finish(mut self) -> Result<u64> {
        if self.rows == 0 {
            self.printer.note("Nothing found");
        } else {
            self.flush()?;
        }
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<()> {
        let page = std::mem::take(&mut self.page);
        let is_first = self.layout.is_none();
        let layout =
            self.layout.get_or_insert_with(|| Layout::for_page(self.columns, &page, self.terminal, self.ellipsis));
        let mut text = String::new();
        if is_first {
            text.push_str(&layout.line(&layout.titles(self.columns), self.columns, self.printer.colours.stdout));
        }
        for cells in &page {
            text.push_str(&layout.line(cells, self.columns, self.printer.colours.stdout));
        }
        self.printer.raw(text.as_bytes())
    }
}

/// How a sheet's columns stand on a terminal.
struct Layout {
    /// How wide each column is; None of one that is left out.
    widths: Vec<Option<usize>>,
    /// How wide the widest text of each is.
    texts: Vec<usize>,
    /// How wide what stands between two is.
    gap: usize,
    ellipsis: char,
}

impl Layout {
    /// Leaves out columns for which a terminal has no room.
    ///
    /// First those that only a wide one has, then in the order of [`SheetColumn::going`], at last from the last on.
    fn for_page(columns: &[SheetColumn], page: &[Vec<Cell>], terminal: usize, ellipsis: char) -> Layout {
        let widest = |at: usize| page.iter().filter_map(|cells| cells.get(at)).map(Cell::width).max();
        let texts: Vec<usize> = (0..columns.len()).map(|at| widest(at).unwrap_or_default()).collect();
        let natural: Vec<usize> =
            columns.iter().zip(&texts).map(|(column, text)| width(&column.title_over(*text)).max(*text)).collect();
        let mut shown: Vec<usize> =
            (0..columns.len()).filter(|at| terminal >= WIDE || !columns[*at].is_extra).collect();
        let comfortable = |at: usize| match columns[at].least {
            Some(least) => natural[at].min(COMFORTABLE.max(3 * least)),
            None => natural[at],
        };
        let needed = |shown: &[usize]| shown.iter().map(|at| comfortable(*at) + 2).sum::<usize>() - 2;
        while needed(&shown) > terminal
            && let Some(last) = shown.iter().rposition(|at| columns[*at].is_extra)
        {
            shown.remove(last);
        }
        while shown.len() > 1 {
            for gap in [2, 1] {
                let room = terminal.saturating_sub(gap * (shown.len() - 1));
                if let Some(fitting) = fit(columns, &natural, &shown, room) {
                    let mut widths = vec![None; columns.len()];
                    shown.iter().zip(fitting).for_each(|(at, width)| widths[*at] = Some(width));
                    return Layout { widths, texts, gap, ellipsis };
                }
            }
            if let Some(last) = (0..shown.len()).max_by_key(|place| (columns[shown[*place]].goes, *place)) {
                shown.remove(last);
            }
        }
        let first = shown.first().copied().unwrap_or_default();
        let widths = natural.iter().enumerate().map(|(at, width)| (at == first).then_some(*width)).collect();
        Layout { widths, texts, gap: 1, ellipsis }
    }

    fn titles(&self, columns: &[SheetColumn]) -> Vec<Cell> {
        let title = |((column, width), text): ((&SheetColumn, &Option<usize>), &usize)| {
            let shown = width.map_or(*text, |width| width.min(*text));
            Cell::styled(column.title_over(shown), colour::HEADER)
        };
        columns.iter().zip(&self.widths).zip(&self.texts).map(title).collect()
    }

    fn line(&self, cells: &[Cell], columns: &[SheetColumn], is_coloured: bool) -> String {
        let mut line = String::new();
        // What would stand before the next text; behind the last one nothing stands.
        let mut blank = 0;
        for ((cell, column), wanted) in cells.iter().zip(columns).zip(&self.widths) {
            let Some(wanted) = *wanted else { continue };
            let shown: Vec<(Cow<'_, str>, Style)> = match cell.0.as_slice() {
                [(text, style)] if column.least.is_some() => {
                    vec![(shortened_with(text, wanted, self.ellipsis), *style)]
                }
                parts => {
                    let skipped = if column.keeps_end { parts.len().saturating_sub(wanted) } else { 0 };
                    parts[skipped..].iter().map(|(text, style)| (Cow::Borrowed(text.as_str()), *style)).collect()
                }
            };
            let missing = wanted.saturating_sub(shown.iter().map(|(text, _)| width(text)).sum());
            blank += if column.is_number { missing } else { 0 };
            for (text, style) in shown.iter().filter(|(text, _)| !text.is_empty()) {
                line.push_str(&" ".repeat(std::mem::take(&mut blank)));
                line.push_str(&colour::paint(is_coloured, *style, text));
            }
            blank += self.gap + if column.is_number { 0 } else { missing };
        }
        line.push('\n');
        line
    }
}

/// The widths with which these columns fit into a room; None where there is no room for them.
///
/// The widest one gives way first, as long as texts stay recognizable and what is looked for comfortable; then that, then the
/// others, and signs of which the end stays last.
fn fit(columns: &[SheetColumn], natural: &[usize], shown: &[usize], room: usize) -> Option<Vec<usize>> {
    let mut widths: Vec<usize> = shown.iter().map(|at| natural[*at]).collect();
    while widths.iter().sum::<usize>() > room {
        let gives_way = |(at, width): &(&usize, &mut usize)| columns[**at].least.is_some_and(|least| **width > least);
        let order = |(at, width): &(&usize, &mut usize)| {
            let column = &columns[**at];
            let rank = match (column.keeps_end, column.is_answer) {
                (true, _) => 0,
                (false, true) if **width <= COMFORTABLE => 2,
                (false, false) if **width <= RECOGNIZABLE => 1,
                (false, _) => 3,
            };
            (rank, **width)
        };
        let (_, width) = shown.iter().zip(widths.iter_mut()).filter(gives_way).max_by_key(order)?;
        *width -= 1;
    }
    Some(widths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[SheetColumn] = &[
        SheetColumn::new("ID").number(),
        SheetColumn::new("NAME").shrinking(6),
        SheetColumn::new("STATE"),
        SheetColumn::new("WHY").shrinking(5),
    ];

    fn sheet(terminal: usize, rows: &[[&str; 4]]) -> String {
        let page: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|text| Cell::from(*text)).collect()).collect();
        let layout = Layout::for_page(COLUMNS, &page, terminal, '…');
        page.iter().map(|cells| layout.line(cells, COLUMNS, false)).collect()
    }

    #[test]
    fn what_is_widest_gives_way() {
        let rows = [["7", "Acme reminders", "failed", "3: no connection"], ["1234", "名前名前", "running", ""]];
        assert_eq!(
            sheet(80, &rows),
            "   7  Acme reminders  failed   3: no connection\n1234  名前名前        running\n"
        );
        assert_eq!(sheet(40, &rows), "   7  Acme remind…  failed   3: no conn…\n1234  名前名前      running\n");
        assert_eq!(sheet(27, &rows), "   7 Acme r… failed  3: no…\n1234 名前名… running\n");
        // There is no room for a reason.
        assert_eq!(sheet(20, &rows), "   7 Acme r… failed\n1234 名前名… running\n");
        assert_eq!(sheet(1, &rows), "   7\n1234\n");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let long = "x".repeat(300);
        let rows = [["1", &long, "failed", &long], ["2", "日本語の長い名前とその他", "ok", "é"]];
        for terminal in 20..120 {
            for line in sheet(terminal, &rows).lines() {
                assert!(width(line) <= terminal, "{terminal}: {line}");
            }
        }
    }

    #[test]
    fn each_part_has_its_colour() {
        let parts = vec![("a".to_owned(), colour::of_state("failed")), ("b".to_owned(), Style::new())];
        let layout = Layout { widths: vec![Some(3), Some(5)], texts: vec![2, 1], gap: 2, ellipsis: '…' };
        let line = layout.line(&[Cell::from_parts(parts), "c".into()], &COLUMNS[2..], true);
        assert_eq!(line, "\u{1b}[31ma\u{1b}[0mb   c\n");
    }

    #[test]
    fn a_wide_terminal_has_more() {
        const COLUMNS: &[SheetColumn] = &[
            SheetColumn::new("ID"),
            SheetColumn::new("AT").extra(),
            SheetColumn::new("WHY").shrinking(20),
            SheetColumn::new("BY").extra(),
        ];
        let titles = |terminal: usize, why: &str, by: &str| {
            let page = [vec![Cell::from("1"), "2026-11-29 06:00:00".into(), why.into(), by.into()]];
            let layout = Layout::for_page(COLUMNS, &page, terminal, '…');
            COLUMNS
                .iter()
                .zip(layout.widths)
                .filter(|(_, width)| width.is_some())
                .map(|(column, _)| column.title)
                .collect::<Vec<_>>()
        };
        assert_eq!(titles(80, "", "me"), ["ID", "WHY"]);
        assert_eq!(titles(200, &"x".repeat(300), "me"), ["ID", "AT", "WHY", "BY"]);
        // What all terminals have is not shortened for the sake of what only some do.
        assert_eq!(titles(120, &"x".repeat(60), &"y".repeat(50)), ["ID", "AT", "WHY"]);
    }

    #[test]
    fn the_newest_signs_stay() {
        const COLUMNS: &[SheetColumn] =
            &[SheetColumn::new("NAME").shrinking(6), SheetColumn::new("LAST").keeping_end(4)];
        let signs = "123456789".chars().map(|sign| (sign.to_string(), Style::new())).collect();
        let page = [vec![Cell::from("a long name"), Cell::from_parts(signs)]];
        let shown = |terminal: usize| Layout::for_page(COLUMNS, &page, terminal, '…').line(&page[0], COLUMNS, false);
        assert_eq!(shown(22), "a long name  123456789\n");
        assert_eq!(shown(17), "a lon…  123456789\n");
        assert_eq!(shown(13), "a lon…  56789\n");
    }

    #[test]
    fn what_answers_stays() {
        const COLUMNS: &[SheetColumn] = &[
            SheetColumn::new("ID"),
            SheetColumn::new("NAME").shrinking(6).going(1),
            SheetColumn::new("BEGAN").going(2),
            SheetColumn::new("TOOK").going(3),
            SheetColumn::new("WHY").answering(10),
        ];
        let (name, why) = ("n".repeat(30), "w".repeat(60));
        let page =
            [vec![Cell::from("1234"), name.as_str().into(), "due now".into(), "2.8 min".into(), why.as_str().into()]];
        let widths = |terminal: usize| Layout::for_page(COLUMNS, &page, terminal, '…').widths;
        let w = Some;
        assert_eq!(widths(200), [w(4), w(30), w(7), w(7), w(60)]);
        // It is shortened alone as long as it is comfortable, and then after names that can be known still.
        assert_eq!(widths(100), [w(4), w(30), w(7), w(7), w(44)]);
        assert_eq!(widths(80), [w(4), w(14), w(7), w(7), w(40)]);
        assert_eq!(widths(60), [w(4), w(11), w(7), w(7), w(23)]);
        // The others leave, one by one.
        assert_eq!(widths(36), [w(4), w(9), w(7), None, w(10)]);
        assert_eq!(widths(26), [w(4), w(8), None, None, w(10)]);
        assert_eq!(widths(18), [w(4), None, None, None, w(12)]);
        assert_eq!(widths(9), [w(4), None, None, None, None]);
    }

    #[test]
    fn signs_are_counted_and_letters_are_enough() {
        const COLUMNS: &[SheetColumn] =
            &[SheetColumn::new("NAME").shrinking(6), SheetColumn::new("LAST").keeping_end(4)];
        let signs = "123456789".chars().map(|sign| (sign.to_string(), Style::new())).collect();
        let page = [vec![Cell::from("a long name"), Cell::from_parts(signs)]];
        let shown = |terminal: usize| {
            let layout = Layout::for_page(COLUMNS, &page, terminal, '~');
            [layout.titles(COLUMNS), vec!["a long name".into(), "".into()]]
                .map(|cells| layout.line(&cells, COLUMNS, false))
        };
        assert_eq!(shown(22), ["NAME         LAST 9\n", "a long name\n"]);
        assert_eq!(shown(14), ["NAME    LAST 6\n", "a lon~\n"]);
    }
}
