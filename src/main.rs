//! `multiflexi-cli`: parse the command line, run what it asks for, turn the result into an exit code. Nothing else exits.
// A number of a row may be any: what is reckoned with it is checked, or stays at the end of its type.
#![warn(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod argv;
mod audit;
mod chart_values;
mod cli;
mod clock;
mod commands;
mod config;
mod context;
mod count;
mod database;
mod db;
mod definition;
mod encryption;
mod error;
mod executor;
mod failpoint;
mod field_kind;
mod foreign_name;
mod hex;
mod http;
mod id;
mod job;
mod limited_file;
mod log;
mod nearest;
mod open_files;
mod output;
mod php;
mod proc;
mod row;
mod schedule;
mod secret;
mod shell;
mod span;
mod state;
mod systemd;
mod table;
mod telemetry;
mod unix_user;
mod utf8;
mod width;

use std::ffi::OsString;
use std::process::ExitCode;

use cli::{Invocation, Parsed, global_options};
use commands::Effect;
use context::{Context, Globals};
use error::{Error, Kind, Result, exit};
use job::run::signals::{self, Signals, Unheard};
use output::{Outcome, Printer};
use table::args;

fn main() -> ExitCode {
    signals::survive_file_limit();
    open_files::raise_limit();
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let arguments: Vec<String> = given.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    // No name and no value of ours is other text; with something put in its place it would be stored.
    let parsed = match given.iter().position(|argument| argument.to_str().is_none()) {
        Some(at) => Err(Error::usage(format!("argument {} is not UTF-8", at + 1))
            .hint("Check the terminal's and the script's encoding: this tool takes UTF-8")),
        None => cli::parse(arguments.clone()),
    };
    let code = match parsed {
        Ok(Parsed::Run(invocation)) => run(*invocation),
        Ok(Parsed::Show(page)) => {
            let printer = printer_without_command(arguments);
            printer.help(&page).map_or_else(|error| fail(&printer, &error), |()| exit::DONE)
        }
        Err(error) => fail(&printer_without_command(arguments), &error),
    };
    ExitCode::from(code)
}

/// What prints help, or an error of the line itself, as the line asks for it.
fn printer_without_command(arguments: Vec<String>) -> Printer {
    let (line, own) = cli::without_parsing(arguments);
    let environment = global_options::wanted_environment(&line, &own);
    Printer::new(global_options::wanted_format(&line, &own), false, global_options::wanted_colour(&line))
        .with_environment(environment.as_deref())
        .silenced(global_options::wants_silence(&line))
}

fn fail(printer: &Printer, error: &Error) -> u8 {
    printer.error(error);
    error.kind.exit_code()
}

/// Runs a command on a runtime of one thread, which is made only now that something needs it.
fn run(invocation: Invocation) -> u8 {
    let printer = |globals: &Globals| {
        Printer::new(globals.format, globals.quiet, globals.colour)
            .escaping_formulas(globals.escape_formulas)
            .with_environment(globals.environment.as_deref())
            .silenced(globals.silent)
    };
    let globals = &invocation.globals;
    let mut ctx = match Context::new(globals, printer(globals)) {
        Ok(ctx) => ctx,
        Err(error) => return fail(&printer(globals), &error),
    };
    let asked = log::start(globals.verbose, |key| ctx.settings.get(key));
    if let Err(error) = asked
        && !globals.examines_settings
    {
        return fail(&ctx.printer, &error);
    }
    if let Err(error) = open_files::require() {
        return fail(&ctx.printer, &error);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&ctx.printer, &Error::new(Kind::Internal, "cannot start").because(cause)),
    };
    let code = runtime.block_on(async {
        let ended = tokio::select! {
            biased;
            ended = execute(&invocation, &mut ctx) => Ok(ended),
            signal = Signals::unheard() => Err(signal),
        };
        let code = match ended {
            Ok(Ok(code)) => code,
            Ok(Err(error)) => fail(&ctx.printer, &error),
            Err(unheard) => {
                // What holds us up would do so in a farewell too.
                ctx.abandon();
                return report_signal(&ctx.printer, &unheard, &invocation);
            }
        };
        ctx.close().await;
        match ctx.printer.deliver() {
            Ok(()) => code,
            Err(error) => fail(&ctx.printer, &error),
        }
    });
    // Whatever still runs in the background must not delay the exit.
    runtime.shutdown_background();
    code
}

/// Tells that a signal ended the command while it waited, and what that means for what it was about.
fn report_signal(printer: &Printer, unheard: &Unheard, invocation: &Invocation) -> u8 {
    let signal = unheard.signal;
    let waiting = format!("ended by signal {signal} while waiting");
    let looked = "It only looks: nothing was begun or changed".to_owned();
    let (message, hint) = match invocation.verb.effect {
        Effect::Watches(jobs) => {
            let ids: Vec<String> = jobs(&invocation.matches).iter().map(ToString::to_string).collect();
            match ids.as_slice() {
                [] => (waiting, looked),
                [id] => (
                    format!("ended by signal {signal}: stopped watching job {id}"),
                    format!("The job goes on; `multiflexi-cli job output {id} --follow` shows how"),
                ),
                _ => (
                    format!("ended by signal {signal}: stopped watching jobs {}", ids.join(", ")),
                    format!("The jobs go on; `multiflexi-cli job wait {}` waits for them again", ids.join(" ")),
                ),
            }
        }
        Effect::Reads => (waiting, looked),
        Effect::Changes if unheard.is_held_up => (
            format!("{waiting} for what does not answer"),
            "What was begun stands or falls as a whole; a job that was claimed meanwhile is put in order by the next \
             `multiflexi-cli queue run`"
                .to_owned(),
        ),
        Effect::Changes => (waiting, "What was begun stands or falls as a whole".to_owned()),
    };
    printer.error(&Error::new(Kind::Interrupted, message).hint(hint));
    exit::of_signal(signal)
}

async fn execute(invocation: &Invocation, ctx: &mut Context) -> Result<u8> {
    args::ignored(&invocation.matches).iter().for_each(|message| ctx.printer.note(message));
    let found = match &invocation.named {
        Some(named) => Some(named.find(ctx.db().await?).await.map_err(Error::with_status_of_absence)?),
        None => None,
    };
    let outcome = (invocation.verb.run)(ctx, &cli::PROGRAM, found.as_ref().unwrap_or(&invocation.matches)).await?;
    let has_changed = matches!(invocation.verb.effect, Effect::Changes) && !ctx.dry_run;
    let is_answer = matches!(outcome, Outcome::Message { .. }) && has_changed;
    ctx.printer.show(outcome).map_err(|error| match error.kind {
        Kind::File if is_answer => error
            .within("the command did its work, and its answer could not be written")
            .hint("What it was to change is changed: look before you repeat it"),
        _ => error,
    })
}
