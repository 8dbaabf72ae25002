//! Waiting for a database, but not for ever.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// How long a server may be silent. The clock is looked at only while nothing is there: rows that are need no timer.
pub struct AnswerTimeout {
    limit: Option<Duration>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl AnswerTimeout {
    /// Waits for so long each time; without a limit, for ever.
    pub fn new(limit: Option<Duration>) -> AnswerTimeout {
        AnswerTimeout { limit, alarm: None }
    }

    /// Waits for something that a server is to say.
    ///
    /// # Errors
    /// It was silent for as long as this.
    pub async fn wait<F: Future>(&mut self, work: F) -> Result<F::Output, Duration> {
        let mut work = pin!(work);
        let mut is_set = false;
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let Some(limit) = self.limit else { return Poll::Pending };
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(limit)));
            if !std::mem::replace(&mut is_set, true) {
                // One that lies too far ahead for the clock never rings.
                if let Some(moment) = Instant::now().checked_add(limit) {
                    alarm.as_mut().reset(moment);
                }
            }
            alarm.as_mut().poll(context).map(|()| Err(limit))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_silence_is_limited() {
        let moment = Duration::from_millis(200);
        let mut timeout = AnswerTimeout::new(Some(moment));
        for _ in 0..4 {
            assert_eq!(timeout.wait(sleep(moment / 4)).await, Ok(()));
            std::thread::sleep(moment);
        }
        assert_eq!(timeout.wait(std::future::pending::<()>()).await, Err(moment));
        assert_eq!(AnswerTimeout::new(None).wait(sleep(moment)).await, Ok(()));
    }
}
