//! Rows for people on a terminal: one line each, in columns that fit, with room for what matters. What is widest gives way first.

use std::borrow::Cow;

use anstyle::Style;

use super::steering::visible;
use super::{Format, Printer, colour};
use crate::error::Result;
use crate::width::{shortened, width};

/// So many rows are laid out together; those behind them keep the widths of the first.
const PAGE: usize = 500;

/// A column of a sheet.
#[derive(Clone, Copy)]
pub struct Column {
    title: &'static str,
    /// Its texts may be shortened to so many columns of the terminal.
    least: Option<usize>,
    is_number: bool,
}

impl Column {
    pub const fn new(title: &'static str) -> Column {
        Column { title, least: None, is_number: false }
    }

    /// The same, of which the texts may be shortened to a width.
    pub const fn shrinking(mut self, least: usize) -> Column {
        self.least = Some(least);
        self
    }

    /// The same, of which the ends stand below each other.
    pub const fn number(mut self) -> Column {
        self.is_number = true;
        self
    }
}

/// What stands in a row's column: a text, or several that are coloured each by itself.
#[derive(Default)]
pub struct Cell(Vec<(String, Style)>);

impl Cell {
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell(vec![(text.into(), style)])
    }

    pub fn of(parts: Vec<(String, Style)>) -> Cell {
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
    columns: &'static [Column],
    page: Vec<Vec<Cell>>,
    /// How wide each column is, and what stands between two; known once the first page is whole.
    layout: Option<(Vec<usize>, usize)>,
    rows: u64,
}

impl Printer {
    /// Starts a sheet of these columns. None where no terminal shows it: there a listing has all its columns.
    pub fn sheet(&self, columns: &'static [Column]) -> Option<Sheet<'_>> {
        let terminal = self.width.filter(|_| self.format == Format::Text)?.into();
        Some(Sheet { printer: self, terminal, columns, page: Vec::new(), layout: None, rows: 0 })
    }
}

impl Sheet<'_> {
    /// Adds a row with a cell for each column.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        self.rows += 1;
        let harmless = |(text, style): (String, Style)| (visible(&text, |_| false), style);
        self.page.push(cells.into_iter().map(|cell| Cell(cell.0.into_iter().map(harmless).collect())).collect());
        if self.page.len() >= PAGE { self.flush() } else { Ok(()) }
    }

    /// Shows what is left, and tells how many rows there were.
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
        let (widths, gap) = self.layout.get_or_insert_with(|| layout(self.columns, &page, self.terminal));
        let mut text = String::new();
        if is_first {
            let titles: Vec<Cell> =
                self.columns.iter().map(|column| Cell::styled(column.title, colour::HEADER)).collect();
            text.push_str(&line(&titles, self.columns, widths, *gap, self.printer.colours.0));
        }
        for cells in &page {
            text.push_str(&line(cells, self.columns, widths, *gap, self.printer.colours.0));
        }
        self.printer.raw(text.as_bytes())
    }
}

/// The widths of the columns, and of what stands between them. Columns for which a narrow terminal has no room are left out, from
/// the last on.
fn layout(columns: &[Column], page: &[Vec<Cell>], terminal: usize) -> (Vec<usize>, usize) {
    let widest = |at: usize, column: &Column| {
        let cells = page.iter().filter_map(|cells| cells.get(at)).map(Cell::width).max();
        cells.unwrap_or_default().max(width(column.title))
    };
    let natural: Vec<usize> = columns.iter().enumerate().map(|(at, column)| widest(at, column)).collect();
    for count in (1..=columns.len()).rev() {
        for gap in [2, 1] {
            let mut widths = natural[..count].to_vec();
            let room = terminal.saturating_sub(gap * (count - 1));
            while widths.iter().sum::<usize>() > room {
                let gives_way =
                    |(at, width): &(usize, &mut usize)| columns[*at].least.is_some_and(|least| **width > least);
                match widths.iter_mut().enumerate().filter(gives_way).max_by_key(|(_, width)| **width) {
                    Some((_, width)) => *width -= 1,
                    None => break,
                }
            }
            if widths.iter().sum::<usize>() <= room {
                return (widths, gap);
            }
        }
    }
    (natural[..1].to_vec(), 1)
}

fn line(cells: &[Cell], columns: &[Column], widths: &[usize], gap: usize, is_coloured: bool) -> String {
    let mut line = String::new();
    // What would stand before the next text; behind the last one nothing stands.
    let mut blank = 0;
    for ((cell, column), wanted) in cells.iter().zip(columns).zip(widths) {
        let shown: Vec<(Cow<'_, str>, Style)> = match cell.0.as_slice() {
            [(text, style)] if column.least.is_some() => vec![(shortened(text, *wanted), *style)],
            parts => parts.iter().map(|(text, style)| (Cow::Borrowed(text.as_str()), *style)).collect(),
        };
        let missing = wanted.saturating_sub(shown.iter().map(|(text, _)| width(text)).sum());
        blank += if column.is_number { missing } else { 0 };
        for (text, style) in shown.iter().filter(|(text, _)| !text.is_empty()) {
            line.push_str(&" ".repeat(std::mem::take(&mut blank)));
            line.push_str(&colour::paint(is_coloured, *style, text));
        }
        blank += gap + if column.is_number { 0 } else { missing };
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::new("ID").number(),
        Column::new("NAME").shrinking(6),
        Column::new("STATE"),
        Column::new("WHY").shrinking(5),
    ];

    fn sheet(terminal: usize, rows: &[[&str; 4]]) -> String {
        let page: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|text| Cell::from(*text)).collect()).collect();
        let (widths, gap) = layout(COLUMNS, &page, terminal);
        page.iter().map(|cells| line(cells, COLUMNS, &widths, gap, false)).collect()
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
        let line = line(&[Cell::of(parts), "c".into()], &COLUMNS[2..], &[3, 5], 2, true);
        assert_eq!(line, "\u{1b}[31ma\u{1b}[0mb   c\n");
    }
}
