//! Shows a running job: its streams as they are, but that what would steer a terminal is made visible there; what the executor
//! says behind `multiflexi:` on stderr, and on a terminal what the run is at. In JSON stdout is for the one value at the end.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::error::Error;
use crate::executor::{Step, Stream};
use crate::job::run::Terminal;
use crate::job::run::options::StreamsShown;
use crate::output::status_line::StatusLine;
use crate::output::{Printer, Standard, StreamFilter};
use crate::span;

/// How often the status line is drawn: its seconds are seen to pass.
const TICK: Duration = Duration::from_millis(500);

/// What a user sees of a running job: its streams, what the executor says, and the status line.
pub struct Live<'p> {
    printer: &'p Printer,
    streams: StreamsShown,
    /// For each stream that a terminal shows.
    filters: [Option<RefCell<StreamFilter>>; 2],
    /// Stdout did not take something, and that was said.
    is_lost: Cell<bool>,
    status: Option<Status<'p>>,
}

/// The status line, and the steps that it shows.
struct Status<'p> {
    line: StatusLine<'p>,
    steps: watch::Sender<Step>,
}

impl Live<'_> {
    /// Shows a job by this printer.
    pub fn new(printer: &Printer, streams: StreamsShown) -> Live<'_> {
        let filter = |stream| (streams != StreamsShown::Raw && printer.is_terminal(stream)).then(RefCell::default);
        let status = printer.status_line().filter(|_| streams != StreamsShown::Nothing);
        let status = status.map(|line| Status { line, steps: watch::Sender::new(Step::default()) });
        let filters = [Standard::Out, Standard::Err].map(filter);
        Live { printer, streams, filters, is_lost: Cell::new(false), status }
    }

    /// Draws what the run is at, for as long as somebody waits for this: it does not end.
    pub async fn draw(&self) {
        let Some(Status { line, steps }) = &self.status else { return std::future::pending().await };
        let mut steps = steps.subscribe();
        let (mut since, mut kind) = (Instant::now(), None);
        loop {
            let message = {
                let step = steps.borrow_and_update();
                // A step of which more is known by now is still the same.
                let now = std::mem::discriminant(&*step);
                if kind.replace(now) != Some(now) {
                    since = Instant::now();
                }
                format!("{} ({})", step_message(&step), span::span(since.elapsed().as_secs_f64().floor()))
            };
            line.draw(&message);
            let _ = tokio::time::timeout(TICK, steps.changed()).await;
        }
    }

    /// Takes the status line away, so that something else can be said.
    pub fn clear(&self) {
        if let Some(status) = &self.status {
            status.line.end_line();
        }
    }

    /// Hands a piece on as the stream's reader is to have it.
    fn pass(&self, stream: Standard, bytes: &[u8]) {
        if let Some(status) = &self.status {
            status.line.clear();
        }
        let write = |bytes: &[u8]| match stream {
            Standard::Out => self.printer.raw(bytes).unwrap_or_else(|error| self.stop_showing(&error)),
            Standard::Err => self.printer.raw_stderr(bytes),
        };
        match &self.filters[stream as usize] {
            Some(filter) => write(filter.borrow_mut().pass(bytes).as_bytes()),
            None => write(bytes),
        }
        if let Some(status) = self.status.as_ref().filter(|_| self.printer.is_terminal(stream)) {
            status.line.wrote(bytes);
        }
    }

    /// Warns once that stdout takes nothing more. The job goes on, and its record has all of the output.
    fn stop_showing(&self, error: &Error) {
        if !self.is_lost.replace(true) {
            self.clear();
            self.printer.note_always(&format!(
                "warning: not all of the output could be shown ({}): it is in the job's record",
                error.line()
            ));
        }
    }

    fn note(&self, message: &str) {
        self.clear();
        self.printer.job_note(message);
    }
}

impl Terminal for Live<'_> {
    fn show(&self, stream: Stream, bytes: &[u8]) {
        let streams_shown = !self.printer.format.is_one_value() && self.streams != StreamsShown::Nothing;
        match stream {
            Stream::Stdout if streams_shown => self.pass(Standard::Out, bytes),
            Stream::Stderr if streams_shown => self.pass(Standard::Err, bytes),
            Stream::Notice => self.note(&String::from_utf8_lossy(bytes)),
            Stream::Restart if streams_shown => self.note("the output follows again from its beginning"),
            Stream::Stdout | Stream::Stderr | Stream::Restart => {}
        }
    }

    fn steps(&self) -> Option<&watch::Sender<Step>> {
        self.status.as_ref().map(|status| &status.steps)
    }
}

/// A step for people.
fn step_message(step: &Step) -> String {
    match step {
        Step::Preparing => "preparing".into(),
        Step::Deploying { release, ready, pods, faults } => {
            let ready = if *pods > 0 { format!(", {ready} of {pods} pods ready") } else { String::new() };
            let faults = if faults.is_empty() { String::new() } else { format!("; {}", faults.join("; ")) };
            format!("helm deploys {release}{ready}{faults}")
        }
        Step::Pulling { image } => format!("pulling the image {image}"),
        Step::Starting { state } if state.is_empty() => "starting".into(),
        Step::Starting { state } => format!("starting: {state}"),
        Step::Running => "running".into(),
        Step::Collecting => "fetching artifacts".into(),
        Step::Saving => "saving the result".into(),
        Step::CleaningUp => "cleaning up".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helm_says_how_far_it_is() {
        let step = |pods, faults: &[&str]| Step::Deploying {
            release: "web".into(),
            ready: 1,
            pods,
            faults: faults.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(step_message(&step(0, &[])), "helm deploys web");
        assert_eq!(step_message(&step(3, &["a: no image"])), "helm deploys web, 1 of 3 pods ready; a: no image");
    }
}
