//! A job's output on its way from an executor to whoever keeps it.

use tokio::sync::{mpsc, watch};

use super::Step;

/// Where a chunk of output belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
    /// The executor's own words: helm's output, warnings, "incomplete". One notice is one line without its end.
    Notice,
    /// Carries nothing.
    ///
    /// What came of both streams so far is void: all of it follows again, from the first byte. Sent when a dead runner's job is
    /// taken over, and when a broken connection lost bytes in the middle.
    Restart,
}

/// Takes a job's output while it runs. Cloning it is cheap. Writing waits when the reader is slower, so memory stays flat.
#[derive(Clone)]
pub struct Output {
    sender: mpsc::Sender<(Stream, Vec<u8>)>,
    /// Where somebody looks on.
    steps: Option<watch::Sender<Step>>,
}

impl Output {
    /// The two ends of a job's output. At most `chunks` chunks are in flight.
    pub fn channel(chunks: usize) -> (Output, mpsc::Receiver<(Stream, Vec<u8>)>) {
        let (sender, receiver) = mpsc::channel(chunks);
        (Output { sender, steps: None }, receiver)
    }

    /// Has it tell its steps to somebody who looks on.
    pub fn watched(self, steps: Option<&watch::Sender<Step>>) -> Output {
        Output { steps: steps.cloned(), ..self }
    }

    /// Does somebody look on? Only then it is worth to ask for what nobody else needs.
    pub fn is_watched(&self) -> bool {
        self.steps.is_some()
    }

    /// What the run is at from here on.
    pub fn step(&self, step: Step) {
        if let Some(steps) = &self.steps {
            steps.send_replace(step);
        }
    }

    /// Hands on bytes as they came. A reader that went away is no error here: it reports its own fault.
    pub async fn write(&self, stream: Stream, bytes: impl Into<Vec<u8>>) {
        let _ = self.sender.send((stream, bytes.into())).await;
    }

    /// Voids what was written to both streams so far.
    pub async fn restart(&self) {
        self.write(Stream::Restart, Vec::new()).await;
    }

    /// Adds a line of the executor's own for the user and the record, which is never part of the program's output.
    ///
    /// The line has no end. Waits as [`write`](Self::write) does.
    pub async fn notice(&self, message: impl Into<String>) {
        self.write(Stream::Notice, message.into()).await;
    }
}
