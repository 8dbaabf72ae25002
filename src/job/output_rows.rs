//! A job's output on its way into `job_output_lines`: chunks cut between characters, in batches, while the job runs.
//!
//! Memory stays flat however much is printed: a batch is written when it has 256 KiB or 1000 rows, or is 200 ms old, and
//! whoever hands on output waits meanwhile. Readers see the output grow; no transaction lasts longer than a batch.

use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, Order, Query};
use tokio::time::Instant;

use crate::clock;
use crate::db::internal;
use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::executor::{Stream, Versions};
use crate::id::JobId;
use crate::job::output_kind as kind;
use crate::job::runner;
use crate::utf8;

/// A row's text at most, in bytes: the servers' TEXT takes 65,535.
const CHUNK: usize = 60_000;
const BATCH_BYTES: usize = 256 * 1024;
/// The most rows of a batch, and of one statement.
///
/// Each row takes five parameters, of which SQLite takes 32,766 in a statement and PostgreSQL 65,535. Streams that take turns
/// make a row of each write.
const BATCH_ROWS: usize = 1000;
const BATCH_AGE: Duration = Duration::from_millis(200);

/// A row to be written.
struct Chunk {
    kind: &'static str,
    text: String,
}

/// Collects chunks and writes them in batches.
pub struct OutputStore {
    job: JobId,
    zone: Tz,
    seq: i64,
    batch: Vec<Chunk>,
    batch_bytes: usize,
    since: Option<Instant>,
    /// The beginning of a character that a chunk of stdout or stderr ended in.
    split: [Vec<u8>; 2],
    /// What is stored of stdout and stderr is void and to be deleted with the next batch.
    restart: bool,
    /// Whether the batch was written is not known: the database went away before it said so.
    doubtful: bool,
}

impl OutputStore {
    /// Goes on behind what is stored already (`seq` is the last number that was used).
    pub fn new(job: JobId, zone: Tz, seq: i64) -> OutputStore {
        OutputStore {
            job,
            zone,
            seq,
            batch: Vec::new(),
            batch_bytes: 0,
            since: None,
            split: [Vec::new(), Vec::new()],
            restart: false,
            doubtful: false,
        }
    }

    /// Takes what a recovery file brings: what stands behind `seq` already is an earlier attempt at bringing it.
    pub fn resume(job: JobId, zone: Tz, seq: i64) -> OutputStore {
        OutputStore { doubtful: true, ..OutputStore::new(job, zone, seq) }
    }

    /// The job whose output this is.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// Takes bytes as they came.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        let (kind, half) = match stream {
            Stream::Stdout => (kind::STDOUT, 0),
            Stream::Stderr => (kind::STDERR, 1),
            Stream::Restart => return self.restart(),
            Stream::Notice => return self.push_notice(&String::from_utf8_lossy(bytes)),
        };
        let mut whole = std::mem::take(&mut self.split[half]);
        whole.extend_from_slice(bytes);
        let end = whole.len() - utf8::unfinished(&whole);
        self.split[half] = whole[end..].to_vec();
        self.push_text(kind, &clean(&whole[..end]));
    }

    fn restart(&mut self) {
        self.batch.retain(|chunk| chunk.kind != kind::STDOUT && chunk.kind != kind::STDERR);
        self.split = [Vec::new(), Vec::new()];
        self.restart = true;
        self.since.get_or_insert_with(Instant::now);
    }

    /// Takes what the executor has to say: a row of the type `notice` of its own, with NUL replaced.
    pub fn push_notice(&mut self, message: &str) {
        self.push_text(kind::NOTICE, &message.replace('\0', "\u{FFFD}"));
    }

    /// Takes why the job failed, code and sentence: its row of the type `reason`.
    pub fn push_reason(&mut self, line: &str) {
        self.push_text(kind::REASON, line);
    }

    /// Takes the versions that the job ran with, as JSON: its row of the type `versions`, if any is known.
    pub fn push_versions(&mut self, versions: &Versions) {
        if !versions.is_empty()
            && let Ok(text) = serde_json::to_string(versions)
        {
            self.push_text(kind::VERSIONS, &text);
        }
    }

    /// Takes a chunk back from a recovery file.
    ///
    /// # Errors
    /// Its type is not one of ours.
    pub fn push_stored(&mut self, kind: &str, text: &str) -> Result<(), String> {
        let known = [kind::STDOUT, kind::STDERR, kind::NOTICE, kind::REASON, kind::VERSIONS];
        let known = known.into_iter().find(|known| *known == kind);
        self.push_text(known.ok_or_else(|| format!("it has output of the type {kind:?}"))?, text);
        Ok(())
    }

    fn push_text(&mut self, kind: &'static str, mut text: &str) {
        while !text.is_empty() {
            let mut end = text.len().min(CHUNK);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let (chunk, rest) = text.split_at(end);
            // Small writes of one stream that follow each other make one row; notices stay one a row.
            match self.batch.last_mut() {
                Some(last) if last.kind == kind && kind != kind::NOTICE && last.text.len() + chunk.len() <= CHUNK => {
                    last.text.push_str(chunk);
                }
                _ => self.batch.push(Chunk { kind, text: chunk.to_owned() }),
            }
            self.batch_bytes += chunk.len();
            self.since.get_or_insert_with(Instant::now);
            text = rest;
        }
    }

    /// When the batch has to be written at the latest.
    pub fn due(&self) -> Option<Instant> {
        self.since.map(|since| since + BATCH_AGE)
    }

    /// Is the batch so large, by bytes or rows, that it has to be written before more is taken?
    pub fn is_full(&self) -> bool {
        self.batch_bytes >= BATCH_BYTES || self.batch.len() >= BATCH_ROWS
    }

    /// The streams ended: a character that was begun is not going to be finished.
    pub fn end(&mut self) {
        for (half, kind) in [kind::STDOUT, kind::STDERR].into_iter().enumerate() {
            let rest = std::mem::take(&mut self.split[half]);
            self.push_text(kind, &clean(&rest));
        }
    }

    /// Writes the batch. What could not be written stays and is written by the next call.
    ///
    /// # Errors
    /// The database does not take the batch, or whether it did is not known. The next call deletes what there is of it, and writes
    /// it again.
    pub async fn flush(&mut self, db: &mut Db) -> Result<()> {
        self.write(db).await?;
        self.written();
        Ok(())
    }

    /// Writes the batch behind whatever stands there by now: who saved the result may have added a row of its own.
    ///
    /// Call while the job is this process's, or has just been ended by it.
    ///
    /// # Errors
    /// Same as [`flush`](OutputStore::flush).
    pub async fn flush_behind(&mut self, db: &mut Db) -> Result<()> {
        // What may be half written already keeps its numbers.
        if !self.doubtful && !self.batch.is_empty() {
            self.seq = std::cmp::max(self.seq, last_seq(db, self.job).await?);
        }
        self.flush(db).await
    }

    /// Writes the batch for the job's own runner after it was away: only while the job is still its.
    ///
    /// # Errors
    /// Another runner has taken it over, or the database does not take the batch.
    pub async fn flush_as_runner(&mut self, db: &mut Db) -> Result<()> {
        let write = db.transaction(async |db| {
            runner::lock_held(db, self.job).await?;
            self.write(db).await
        });
        write.await?;
        self.written();
        Ok(())
    }

    /// Writes the batch as part of a transaction; [`written`](OutputStore::written) is to follow when that has ended well.
    ///
    /// # Errors
    /// The database does not take it. The batch is kept; the next call first deletes what may have been written of it.
    pub async fn write(&mut self, db: &mut Db) -> Result<()> {
        let of_job = || Expr::col("job_id").eq(self.job);
        if std::mem::replace(&mut self.doubtful, true) {
            db.delete_where(tables::JOB_OUTPUT_LINES, of_job().and(Expr::col("seq").gt(self.seq))).await?;
        }
        if self.restart {
            db.delete_where(
                tables::JOB_OUTPUT_LINES,
                of_job().and(Expr::col("type").is_in([kind::STDOUT, kind::STDERR])),
            )
            .await?;
        }
        let created = if db.dialect.has_microseconds() {
            chrono::Utc::now().with_timezone(&self.zone).naive_local()
        } else {
            clock::now(self.zone)
        };
        let mut numbers = self.next_seq()..;
        for chunks in self.batch.chunks(BATCH_ROWS) {
            let mut insert = Query::insert();
            insert.into_table(tables::JOB_OUTPUT_LINES).columns(["job_id", "seq", "type", "line", "created_at"]);
            for (chunk, number) in chunks.iter().zip(&mut numbers) {
                let row = [
                    Expr::val(self.job),
                    Expr::val(number),
                    Expr::val(chunk.kind),
                    Expr::val(chunk.text.as_str()),
                    Expr::val(created),
                ];
                insert.values(row).map_err(internal)?;
            }
            db.execute(&insert).await?;
        }
        Ok(())
    }

    /// The batch is where it belongs.
    pub fn written(&mut self) {
        self.seq = self.seq.saturating_add(i64::try_from(self.batch.len()).unwrap_or_default());
        self.batch.clear();
        self.batch_bytes = 0;
        self.since = None;
        self.restart = false;
        self.doubtful = false;
    }

    /// What is not written yet: number, kind, text.
    pub fn unwritten(&self) -> impl Iterator<Item = (i64, &'static str, &str)> {
        (self.next_seq()..).zip(&self.batch).map(|(seq, chunk)| (seq, chunk.kind, chunk.text.as_str()))
    }

    /// The number (`seq`) that the first row of the batch is going to have.
    pub fn next_seq(&self) -> i64 {
        self.seq.saturating_add(1)
    }

    /// Is what was stored of both streams void?
    pub fn is_restarted(&self) -> bool {
        self.restart
    }
}

/// Text that every one of the databases takes: what is not UTF-8, and NUL, become U+FFFD.
fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text.into_owned() }
}

/// Adds a row of a kind of ours behind what is there, for what is not said while the job runs.
///
/// # Errors
/// The database cannot be asked for the last number, or does not take the row.
pub async fn add(db: &mut Db, job: JobId, kind: &str, message: &str, now: NaiveDateTime) -> Result<()> {
    let seq = last_seq(db, job).await?.saturating_add(1);
    insert(db, job, seq, kind, message, now).await
}

/// The last row of a kind that is kept of a job.
///
/// # Errors
/// The database cannot be asked.
pub async fn last_line(db: &mut Db, job: JobId, kind: &str) -> Result<Option<String>> {
    let of_kind = Expr::col("job_id").eq(job).and(Expr::col("type").eq(kind));
    let mut last = select::column(tables::JOB_OUTPUT_LINES, "line", of_kind);
    let row = db.fetch_optional(last.order_by("seq", Order::Desc).limit(1)).await?;
    Ok(row.and_then(|row| row.text("line")))
}

/// Inserts one row under a number.
///
/// # Errors
/// The database does not take the row.
pub async fn insert(db: &mut Db, job: JobId, seq: i64, kind: &str, message: &str, now: NaiveDateTime) -> Result<()> {
    let row = vec![
        ("job_id", job.into()),
        ("seq", seq.into()),
        ("type", kind.into()),
        ("line", message.into()),
        ("created_at", now.into()),
    ];
    db.add_row(tables::JOB_OUTPUT_LINES, row).await
}

/// No number of ours is as high: the suite's servers keep 32 bits of it. One that is has another origin.
pub const SEQ_END: i64 = 1 << 30;

/// The last number in use, 0 where a job has no output yet.
///
/// # Errors
/// The database cannot be asked.
pub async fn last_seq(db: &mut Db, job: JobId) -> Result<i64> {
    let select = select::from(tables::JOB_OUTPUT_LINES)
        .expr(Expr::col("seq").max())
        .and_where(Expr::col("job_id").eq(job))
        .and_where(Expr::col("seq").between(0, SEQ_END))
        .take();
    db.number(&select).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(pieces: &[&[u8]]) -> String {
        let mut store = OutputStore::new(JobId(1), Tz::UTC, 0);
        for piece in pieces {
            store.push(Stream::Stdout, piece);
        }
        store.end();
        store.unwritten().map(|(_, _, text)| text).collect()
    }

    #[test]
    fn a_character_cut_in_two_is_whole_again() {
        assert_eq!(stored(&[b"a\xe2\x82", b"\xac!"]), "a€!");
        assert_eq!(stored(&[b"\xf0\x9f", b"\x98", b"\x80"]), "😀");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(stored(&[b"caf\xe9\n", b"x\0y"]), "caf\u{FFFD}\nx\u{FFFD}y");
        assert_eq!(stored(&[b"end\xe2\x82"]), "end\u{FFFD}");
    }

    #[test]
    fn rows_are_no_longer_than_a_server_takes() {
        let mut store = OutputStore::new(JobId(1), Tz::UTC, 0);
        store.push(Stream::Stdout, "ž".repeat(100_000).as_bytes());
        assert!(store.unwritten().all(|(_, _, text)| text.len() <= CHUNK));
        assert_eq!(store.unwritten().map(|(_, _, text)| text.len()).sum::<usize>(), 200_000);
    }
}
