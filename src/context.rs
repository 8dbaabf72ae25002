//! What every command is given: settings, the printer, the clock, and the database once it is asked for.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use nix::sched::{CpuSet, sched_getcpu, sched_setaffinity};
use nix::unistd::Pid;
use serde_json::Value as Json;

use crate::clock::{self, Clock};
use crate::config::Settings;
use crate::db::{Database, Db, Dialect, Found, Limits};
use crate::error::{Error, Kind, Result};
use crate::output::colour::Colour;
use crate::output::loss::Loss;
use crate::output::{Format, Outcome, Printer};

/// The options that every command has.
pub struct Globals {
    pub format: Format,
    pub environment: Option<PathBuf>,
    pub verbose: u8,
    pub quiet: bool,
    /// Nothing at all is printed.
    pub silent: bool,
    pub colour: Colour,
    /// `--escape-formulas`, of a listing as CSV.
    pub escape_formulas: bool,
    pub interactive: bool,
    /// `--yes`: what destroys is not asked about.
    pub yes: bool,
    pub dry_run: bool,
    /// `--db-timeout`: how long a database is waited for.
    pub database_limit: Option<Duration>,
    /// The command needs neither settings nor a database.
    pub standalone: bool,
    /// The command tells itself what is wrong with the settings.
    pub examines_settings: bool,
}

/// What each command is given: settings, printer, clock, database and the global options.
pub struct Context {
    pub settings: Settings,
    pub printer: Printer,
    /// The zone in which times are stored and shown.
    pub zone: Tz,
    /// `-v` was given so many times.
    pub verbose: u8,
    /// Questions may be asked.
    pub interactive: bool,
    /// What destroys something only says what it would do.
    pub dry_run: bool,
    /// `--yes` was given.
    yes: bool,
    /// How long a database is waited for, where somebody chose it.
    pub database_limit: Option<Duration>,
    db: Option<Db>,
}

impl Context {
    /// What a command works with, by its global options; no database is opened yet.
    ///
    /// # Errors
    /// The environment file cannot be read, or `MULTIFLEXI_TIMEZONE` is no time zone. It never fails for a command that needs
    /// no settings, or that examines them itself.
    pub fn new(globals: &Globals, printer: Printer) -> Result<Context> {
        let load = || Settings::load(globals.environment.as_deref());
        let (settings, zone) = if globals.standalone {
            (Settings::none(), Tz::UTC)
        } else if globals.examines_settings {
            let settings = load().unwrap_or_else(Settings::unread);
            let zone = settings.zone().unwrap_or(Tz::UTC);
            (settings, zone)
        } else {
            let settings = load()?;
            let zone = settings.zone()?;
            (settings, zone)
        };
        let Globals { verbose, interactive, yes, dry_run, database_limit, .. } = *globals;
        Ok(Context { settings, printer, zone, verbose, interactive, dry_run, yes, database_limit, db: None })
    }

    /// How long databases are waited for: `--db-timeout`, else `DB_TIMEOUT`, else what is usual.
    ///
    /// # Errors
    /// The setting is no duration.
    pub fn limits(&self) -> Result<Limits> {
        let chosen = match self.database_limit {
            Some(limit) => Some(limit),
            None => self.settings.database_limit()?,
        };
        Ok(Limits::chosen_or_default(chosen))
    }

    /// Has a column of the database a longest text? It is not asked: its kind tells. Of one that the settings do not tell, no.
    pub fn limits_texts(&self) -> bool {
        self.settings.database().is_ok_and(|database| Dialect::for_database(&database).limits_texts())
    }

    /// The present time in the suite's zone.
    pub fn now(&self) -> NaiveDateTime {
        clock::now(self.zone)
    }

    /// The clock of the suite's zone, as it stands now.
    pub fn clock(&self) -> Clock {
        Clock::in_zone(self.zone)
    }

    /// The present instant, on the clocks of the suite's zone.
    pub fn instant(&self) -> chrono::DateTime<Tz> {
        clock::instant(self.zone)
    }

    /// From here on [`Context::now`] goes by the clock of the database's server, unless ours is more than a day off.
    ///
    /// So every machine plans by the same one.
    ///
    /// # Errors
    /// Same as [`Context::db`].
    pub async fn follow_server_clock(&mut self) -> Result<()> {
        // A SQLite file has no other clock than ours, and is not opened for that.
        if !matches!(self.settings.database()?, Database::Sqlite { .. }) {
            clock::follow(self.db().await?.seconds_ahead().await?);
        }
        Ok(())
    }

    /// The database, connected at the first call.
    ///
    /// # Errors
    /// The settings name no database that can be used, or it does not answer in time or refuses the connection.
    pub async fn db(&mut self) -> Result<&mut Db> {
        Ok(self.open().await?.0)
    }

    /// The database, for a short command that starts no program.
    ///
    /// SQLite's thread stays on the processor that we are on.
    ///
    /// # Errors
    /// Same as [`Context::db`].
    pub async fn brief_db(&mut self) -> Result<&mut Db> {
        if self.db.is_none() && matches!(self.settings.database(), Ok(Database::Sqlite { .. })) {
            stay_on_processor();
        }
        self.db().await
    }

    /// Refuses to work where the database would have to be made first.
    ///
    /// For commands that look at what is in one: of a mistyped name, or as another user, they would say that all is well.
    ///
    /// # Errors
    /// The settings name no database that can be used, or a file that is not there or has nothing in it.
    pub fn require_database(&self) -> Result<()> {
        let hint = match self.settings.get("DB_DATABASE") {
            Some(_) => "Check DB_DATABASE: `multiflexi-cli doctor` tells which file of settings is read",
            None => {
                "DB_DATABASE is not set, so it is the file of the user who runs this: run it as the user whose database it is, or set DB_DATABASE"
            }
        };
        self.settings.database()?.require_there().map_err(|error| error.hint(hint))
    }

    /// The database, where it is connected.
    pub fn opened(&mut self) -> Option<&mut Db> {
        self.db.as_mut()
    }

    /// The database and the printer, for commands that print while they read.
    ///
    /// # Errors
    /// Same as [`Context::db`].
    pub async fn open(&mut self) -> Result<(&mut Db, &Printer)> {
        if self.db.is_none() {
            let begun = std::time::Instant::now();
            let target = self.settings.database()?;
            if let (Some(file), true, false) =
                (&self.settings.file, self.settings.is_named, self.settings.names_database())
            {
                self.printer.note(&format!(
                    "warning: {} names no database, nor does the environment: the embedded one is used",
                    file.display()
                ));
            }
            let db = Db::connect(&target, self.limits()?).await?;
            let is_made = db.found() == Found::Made;
            self.db = Some(db);
            // Of the embedded one nobody expects that it is there; a path that somebody wrote may be mistyped, or its mount not up,
            // and a quiet `queue run` would go on with no jobs at all.
            if let (true, Some(_), Database::Sqlite { path }) = (is_made, self.settings.get("DB_DATABASE"), &target) {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                let path = path.display();
                self.printer
                    .note_always(&format!("warning: there was no {path}: a new, empty database was made there"));
            }
            tracing::debug!(ms = begun.elapsed().as_secs_f64() * 1e3, "database opened");
        }
        match &mut self.db {
            Some(db) => Ok((db, &self.printer)),
            None => Err(Error::new(Kind::Internal, "the database is not open")),
        }
    }

    /// Asks whether to go on, where `--force` did not answer. With `-n` nothing is asked and the answer is yes.
    ///
    /// # Errors
    /// The answer is no, or there is no terminal to ask on.
    pub fn confirm(&self, question: &str) -> Result<()> {
        if !self.interactive {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Error::refused(format!("{question} There is no terminal to ask on"))
                .hint("Give --force if that is what you want"));
        }
        self.ask(question).map_err(|error| error.hint("--force answers with yes"))
    }

    /// Asks whether to go on with something unusual, unless `--yes` answered already.
    ///
    /// `-n` is no answer, a line on stdin is.
    ///
    /// # Errors
    /// The answer is no, or there is none.
    pub fn consent(&self, question: &str) -> Result<()> {
        if !self.interactive {
            return Err(Error::refused(format!("{question} With --no-interaction nobody is asked"))
                .hint("Give --yes if that is what you want"));
        }
        self.ask(question).map_err(|error| error.hint("--yes answers with yes"))
    }

    fn ask(&self, question: &str) -> Result<()> {
        if self.printer.is_silent() {
            return Err(Error::refused(format!("{question} With --silent nobody sees the question"))
                .hint("Give --yes, or leave --silent out"));
        }
        self.printer.ask(&format!("{question} Continue? [y/N] "));
        let mut answer = String::new();
        let read =
            std::io::stdin().read_line(&mut answer).map_err(|cause| Error::file("cannot read the answer", cause))?;
        if read == 0 {
            // Nobody has ended the line of the question.
            self.printer.ask("\n");
        }
        if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
            Ok(())
        } else {
            Err(Error::refused("aborted: nothing was done"))
        }
    }

    /// Is somebody there who is to be asked before something is destroyed? Scripts and pipes never were.
    pub fn asks_first(&self) -> bool {
        let is_terminal =
            || std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        self.interactive && !self.yes && !self.dry_run && is_terminal()
    }

    /// Guards everything that destroys: says what would go with `--dry-run`, else asks if somebody [is there](Self::asks_first).
    ///
    /// None: it may be done.
    ///
    /// `loss` counts what goes, and refuses what the deletion would refuse; `json` is what the deletion would answer, with
    /// `false` for what is not done.
    ///
    /// # Errors
    /// It may not.
    pub async fn guard(
        &mut self,
        done: &str,
        json: Json,
        loss: impl AsyncFnOnce(&mut Db) -> Result<Loss>,
    ) -> Result<Option<Outcome>> {
        if !self.dry_run && !self.asks_first() {
            return Ok(None);
        }
        let loss = loss(self.db().await?).await?;
        if self.dry_run {
            return Ok(Some(loss.would_be(done, json)));
        }
        self.allow(&loss, done)?;
        Ok(None)
    }

    /// Asks whether this may go, of somebody who is to be [asked first](Self::asks_first).
    ///
    /// # Errors
    /// It may not.
    pub fn allow(&self, loss: &Loss, done: &str) -> Result<()> {
        let asked = self.ask(&format!("{loss:#} will be {done}."));
        asked.map_err(|error| error.hint("--yes does it without a question"))
    }

    /// Lets go of the database without a farewell: one that is locked would keep us here.
    pub fn abandon(&mut self) {
        self.db = None;
    }

    /// Takes leave of the database in good order, where it is connected.
    pub async fn close(&mut self) {
        if let Some(db) = self.db.take() {
            db.close().await;
        }
    }
}

/// Keeps this thread, and those that it starts from here on, on its processor.
///
/// sqlx has SQLite work on a thread of its own; each question and each answer wakes the other thread, and to wake one on
/// another processor takes longer than the work (`company get`: least of 60 4.9 ms, so 4.3; on a busy machine the median 9.0,
/// so 5.8). Programs that are started inherit it.
fn stay_on_processor() {
    let stay = |processor| {
        let mut processors = CpuSet::new();
        processors.set(processor)?;
        sched_setaffinity(Pid::from_raw(0), &processors)
    };
    // Where that is not allowed it only takes longer.
    let _ = sched_getcpu().and_then(stay);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_started_later_stay_too() {
        let processors = || {
            let set = nix::sched::sched_getaffinity(Pid::from_raw(0)).unwrap();
            (0..CpuSet::count()).filter(|number| set.is_set(*number).unwrap()).collect::<Vec<_>>()
        };
        let (ours, theirs) = std::thread::spawn(move || {
            stay_on_processor();
            (processors(), std::thread::spawn(processors).join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!((ours.len(), &ours), (1, &theirs));
    }
}
