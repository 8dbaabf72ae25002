//! Where settings come from, and what of them nobody reads.

use crate::commands::doctor::finding::Finding;
use crate::config::{Settings, known};
use crate::context::Context;
use crate::db::Database;
use crate::error::Error;
use crate::job::runner::lease::LeaseDuration;
use crate::log;
use crate::nearest::nearest;
use crate::telemetry::{self, Collector};

/// Settings that the suite's other programs read, and older names of ours.
const OF_THE_SUITE: &[&str] = &[
    "APP_DEBUG", "DB_SETTINGS", "DB_SETUP", "DB_TYPE", "EASE_LOGGER", "KUBECONFIG", "MULTIFLEXI_CYCLE_PAUSE",
    "MULTIFLEXI_DAEMONIZE", "MULTIFLEXI_MASTER_KEY", "MULTIFLEXI_MAX_PARALLEL", "RUNTEMPLATE_WAIT_POLL",
    "RUNTEMPLATE_WAIT_TIMEOUT",
];
/// How many letters may be wrong.
const SLIPS: usize = 2;

/// Looks at where settings come from, at names that nobody reads, and at values that make no sense.
pub fn examine(settings: &Settings) -> Vec<Finding> {
    const CHECK: &str = "settings";
    if let Some(error) = &settings.unread {
        // What the environment says beside it does not count.
        return vec![wrong(CHECK, error)];
    }
    let names_database = settings.names_database();
    let mut found = Vec::new();
    found.push(match &settings.file {
        Some(file) if !names_database => Finding::doubtful(
            CHECK,
            format!("{} names no database, nor does the environment: the embedded one is used", file.display()),
            "Set DB_CONNECTION and DB_DATABASE there",
        ),
        Some(file) => {
            let keys: Vec<&str> = settings.keys().collect();
            let from = if settings.says("DB_CONNECTION") || settings.says("DB_TYPE") {
                String::new()
            } else {
                "; the database is named by the environment".into()
            };
            Finding::good(CHECK, format!("{} sets {}{from}", file.display(), keys.join(", ")))
        }
        None if names_database => Finding::good(CHECK, "no file; the environment names the database"),
        None => Finding::good(CHECK, "none are set: the embedded database is used"),
    });
    if let (Some(file), false) = (&settings.file, settings.passed_over.is_empty()) {
        let lines: Vec<String> = settings.passed_over.iter().map(usize::to_string).collect();
        let what =
            format!("{} has lines that are no KEY=VALUE and are passed over: {}", file.display(), lines.join(", "));
        found.push(Finding::doubtful(CHECK, what, "Write each setting as KEY=VALUE, or begin a comment with #"));
    }
    let protocol = settings.get("OTEL_EXPORTER_OTLP_PROTOCOL").filter(|protocol| protocol != telemetry::PROTOCOL);
    if let (Some(protocol), Some(collector)) = (protocol, Collector::from_settings(settings)) {
        found.push(Finding::doubtful(
            CHECK,
            format!("OTEL_EXPORTER_OTLP_PROTOCOL is {protocol}, but this tool sends {}", telemetry::PROTOCOL),
            format!("Let the collector at {} take OTLP over HTTP, or name one that does", collector.address()),
        ));
    }
    let in_file = settings.keys().map(str::to_owned);
    let in_environment = std::env::vars_os().filter_map(|(key, _)| key.into_string().ok());
    let mut slips: Vec<(String, &str)> = Vec::new();
    for key in in_file.chain(in_environment) {
        if let Some(meant) = meant(&key)
            && settings.get(meant).is_none()
            && !slips.iter().any(|(known, _)| *known == key)
        {
            slips.push((key, meant));
        }
    }
    found.extend(slips.into_iter().map(|(key, meant)| {
        Finding::doubtful(CHECK, format!("{key} is set, but nothing reads it"), format!("Did you mean {meant}?"))
    }));
    let problems = [
        settings.database().err(),
        settings.database_limit().err(),
        LeaseDuration::from_settings(settings).err(),
        log::check(|key| settings.get(key)).err(),
    ];
    found.extend(problems.iter().flatten().map(|error| wrong(CHECK, error)));
    found
}

fn wrong(check: &'static str, error: &Error) -> Finding {
    Finding::bad(check, error.line(), error.hint.clone().unwrap_or_default())
}

/// The setting that an unknown key is probably meant to be.
fn meant(key: &str) -> Option<&'static str> {
    if known::keys().any(|known| known == key) || OF_THE_SUITE.contains(&key) {
        return None;
    }
    let slip = known::keys().find(|known| strsim::damerau_levenshtein(key, known) <= SLIPS);
    // Nobody else has settings of that name: `DB_USER` is somebody's guess.
    slip.or_else(|| match key {
        "DB_NAME" => Some("DB_DATABASE"),
        "DB_DRIVER" => Some("DB_CONNECTION"),
        key if key.starts_with("DB_") => nearest(key, known::keys()),
        _ => None,
    })
}

/// The zone in which times are stored, and where it comes from.
pub fn zone(ctx: &Context) -> Finding {
    let from = match ctx.settings.get("MULTIFLEXI_TIMEZONE") {
        Some(_) => "by MULTIFLEXI_TIMEZONE",
        None => "as this machine has it",
    };
    if let Err(error) = ctx.settings.zone() {
        return wrong("zone", &error);
    }
    Finding::good("zone", format!("{}, {from}; it is {} there", ctx.zone, ctx.now().format("%Y-%m-%d %H:%M")))
}

/// Does nothing name a database, so that it is our own?
pub fn is_embedded(settings: &Settings, target: &Database) -> bool {
    matches!(target, Database::Sqlite { .. }) && !settings.names_database()
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn what_is_meant() {
        assert_eq!(meant("DB_CONNECION"), Some("DB_CONNECTION"));
        assert_eq!(meant("DB_CONECTOIN"), Some("DB_CONNECTION"));
        assert_eq!(meant("DB_USER"), Some("DB_USERNAME"));
        assert_eq!(meant("DB_PASS"), Some("DB_PASSWORD"));
        assert_eq!(meant("ENCRYPTION_MASTERKEY"), Some("ENCRYPTION_MASTER_KEY"));
        for key in ["DB_HOST", "DB_SETUP", "MULTIFLEXI_MAX_PARALLEL", "PATH", "LANG", "EASE_MAILTO"] {
            assert_eq!(meant(key), None, "{key}");
        }
    }
}
