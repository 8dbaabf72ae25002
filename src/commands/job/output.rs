//! `job output`: what a job printed, as it is; `--follow` goes on while it runs.

use chrono_tz::Tz;
use clap::ArgMatches;
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::commands::job::{TABLE, get};
use crate::context::Context;
use crate::db::Db;
use crate::error::{Result, exit};
use crate::id::JobId;
use crate::job::follow::{self, OutputReader, Pace, WaitReporter};
use crate::job::model::JobState;
use crate::job::tail::Shown;
use crate::job::verdict::{self, Verdict};
use crate::output::object::Object;
use crate::output::{Format, Outcome, Printer, Standard};
use crate::table::args;

#[derive(clap::Args)]
#[command(mut_arg("stdout", |arg| arg.conflicts_with("stderr")))]
pub struct Output {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Print stderr instead of stdout
    #[arg(long)]
    stderr: bool,
    /// Print only stdout, also with --follow
    #[arg(long)]
    stdout: bool,
    /// Print both streams and notices as they come, until the job has ended
    #[arg(long)]
    follow: bool,
    /// Begin with the last N lines
    #[arg(long, value_name = "N", value_parser = args::number::<u64>(0, i32::MAX.into()))]
    tail: Option<u64>,
    /// With --follow: exit with the job's own exit code
    ///
    /// With 125 where that could not be learned
    #[arg(long = "exit-status", requires = "follow")]
    exit_status: bool,
    /// Do not escape control sequences on a terminal
    #[arg(long)]
    raw: bool,
}

impl Output {
    /// What is printed on stdout.
    fn main(&self) -> Shown {
        if self.stderr { Shown::Stderr } else { Shown::Stdout }
    }

    fn shown(&self, format: Format) -> Vec<Shown> {
        match format {
            Format::Text if self.follow && !self.stdout && !self.stderr => {
                vec![Shown::Stdout, Shown::Stderr, Shown::Notice]
            }
            _ => vec![self.main()],
        }
    }
}

/// The job that is followed, if it is to be.
pub fn watched(matches: &ArgMatches) -> Vec<JobId> {
    matches.get_one::<JobId>("id").copied().filter(|_| matches.get_flag("follow")).into_iter().collect()
}

/// Prints what a job wrote to stdout or stderr; with `--follow` goes on until the job ends.
///
/// # Errors
/// There is no such job, the database cannot be asked, or stdout cannot be written; with `--exit-status` also where the job is
/// deleted meanwhile.
pub async fn output(ctx: &mut Context, args: Output) -> Result<Outcome> {
    let is_status_wanted = args.exit_status;
    let done = print(ctx, args).await;
    if is_status_wanted { follow::exit_status(&ctx.printer, done) } else { done }
}

async fn print(ctx: &mut Context, args: Output) -> Result<Outcome> {
    let zone = ctx.zone;
    let (db, printer) = ctx.open().await?;
    TABLE.require(db, args.id).await?;
    let mut screen = Screen::new(printer, &args)?;
    if !args.follow && args.tail.is_none() {
        let select = get::output_of(args.id, args.main().types());
        db.for_each(&select, |row| screen.show(args.main(), &row.text("line").unwrap_or_default())).await?;
        return screen.finish(None).map(|()| Outcome::Written);
    }
    let mut reader = OutputReader::new(db, args.id, &args.shown(printer.format), args.tail).await?;
    if !args.follow {
        reader.read(db, |shown, piece| screen.show(shown, piece)).await?;
        return screen.finish(None).map(|()| Outcome::Written);
    }
    let is_there = follow_to_end(db, zone, &args, &mut reader, &mut screen).await?;
    let read = async |db: &mut Db| Verdict::read(db, args.id).await;
    let verdict = if is_there { follow::ask(db, printer, None, read).await? } else { None };
    if verdict.is_none() && !printer.is_closed() {
        let code = if args.exit_status { exit::NOT_RUN } else { exit::FAILED };
        return screen.finish_gone(args.id, code);
    }
    screen.finish(verdict.as_ref().map(Verdict::to_json))?;
    if printer.is_closed() && verdict.as_ref().is_none_or(|verdict| !matches!(verdict.state, JobState::Ended(_))) {
        return Ok(Outcome::Written);
    }
    if let Some(verdict) = &verdict {
        screen.say(&verdict.line(Clock::in_zone(zone)));
    }
    match verdict.map(|verdict| verdict.state) {
        Some(JobState::Ended(code)) if args.exit_status => Ok(Outcome::Written.with_code(exit::of_job(code))),
        _ => Ok(Outcome::Written),
    }
}

/// Shows what comes until the job has ended, or nobody reads any more; false where the job is gone.
async fn follow_to_end(
    db: &mut Db,
    zone: Tz,
    args: &Output,
    reader: &mut OutputReader,
    screen: &mut Screen<'_>,
) -> Result<bool> {
    let (mut pace, mut reporter) = (Pace::new(), WaitReporter::default());
    loop {
        // The state first: what a job printed last is in the database before its end is.
        let printer = screen.printer;
        let look = async |db: &mut Db| follow::snapshot(db, &[args.id]).await;
        let snapshot = follow::ask(db, printer, None, look).await?.pop();
        if let Some(snapshot) = &snapshot
            && let Some(message) = follow::ask(db, printer, None, async |db| {
                reporter.waiting_message(db, snapshot, Clock::in_zone(zone)).await
            })
            .await?
        {
            screen.say(&message);
        }
        let read = async |db: &mut Db| reader.read(db, |shown, piece| screen.show(shown, piece)).await;
        if follow::ask(db, printer, None, read).await? {
            pace.quicken();
        }
        match snapshot.map(|snapshot| snapshot.state) {
            None => return Ok(false),
            Some(JobState::Ended(_)) => return Ok(true),
            Some(_) if screen.printer.is_closed() => return Ok(true),
            Some(_) => {
                screen.printer.deliver()?;
                pace.pause().await;
            }
        }
    }
}

/// Where a job's output is shown: as it is, or as a text in one JSON value.
struct Screen<'p> {
    printer: &'p Printer,
    object: Option<Object<'p>>,
    /// What is shown on stdout; the rest goes to stderr.
    main: Shown,
    is_raw: bool,
    /// Both of our streams are one terminal, and the line that it shows is not ended.
    is_mid_line: bool,
    is_one_terminal: bool,
}

impl<'p> Screen<'p> {
    fn new(printer: &'p Printer, args: &Output) -> Result<Screen<'p>> {
        let mut object = None;
        if printer.format != Format::Text {
            let begun = printer.object(&Map::from_iter([("job_id".to_owned(), Value::from(args.id))]))?;
            object.insert(begun).open_text(if args.stderr { "stderr" } else { "stdout" })?;
        }
        let is_one_terminal = printer.is_terminal(Standard::Out) && printer.is_terminal(Standard::Err);
        Ok(Screen { printer, object, main: args.main(), is_raw: args.raw, is_mid_line: false, is_one_terminal })
    }

    fn show(&mut self, shown: Shown, piece: &str) -> Result<()> {
        if shown == Shown::Notice {
            self.say(piece);
            return Ok(());
        }
        self.is_mid_line = self.is_one_terminal && !piece.ends_with('\n');
        match &mut self.object {
            Some(object) => object.text(piece),
            None if shown == self.main => self.printer.stream(piece, self.is_raw),
            None => {
                self.printer.stream_on_stderr(piece, self.is_raw);
                Ok(())
            }
        }
    }

    /// A sentence of ours on stderr, in a line of its own.
    fn say(&mut self, message: &str) {
        if std::mem::take(&mut self.is_mid_line) && !self.printer.quiet {
            self.printer.raw_stderr(b"\n");
        }
        self.printer.job_note(message);
    }

    /// Ends the JSON value, with what the job came to where it was followed.
    fn finish(&mut self, verdict: Option<Value>) -> Result<()> {
        let Some(mut object) = self.object.take() else { return Ok(()) };
        object.close_text()?;
        if let Some(Value::Object(verdict)) = verdict {
            for (key, value) in verdict.iter().filter(|(key, _)| *key != "job_id") {
                object.value(key, value)?;
            }
        }
        object.finish().map(drop)
    }

    /// Ends what is shown of a job that was deleted meanwhile, in one value as `job wait` has it, or in words.
    fn finish_gone(&mut self, job: JobId, code: u8) -> Result<Outcome> {
        if self.object.is_none() {
            return Err(verdict::deleted_error(job));
        }
        self.finish(Some(verdict::deleted_json(job)))?;
        self.say(&verdict::deleted_error(job).message);
        Ok(Outcome::Written.with_code(code))
    }
}
