//! The settings that there are: what `doctor` knows, the man pages explain and `docs/configuration.md` lists.

/// A setting, or several that are set together.
pub struct Known {
    pub keys: &'static [&'static str],
    /// A sentence without its full stop; words of a program stand between backticks.
    pub meaning: &'static str,
}

/// Those of the database, which every command needs.
pub const OF_DATABASE: &[Known] = &[
    Known { keys: &["DB_CONNECTION"], meaning: "`sqlite`, `mysql` or `pgsql`; without it: the embedded SQLite file" },
    Known { keys: &["DB_DATABASE"], meaning: "the database's name, or the path of the SQLite file" },
    Known {
        keys: &["DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD"],
        meaning: "for servers; a host that begins with `/` is a MySQL socket",
    },
    Known {
        keys: &["DB_SSLMODE"],
        meaning: "how a server is reached: `disable`, `prefer` (encrypted if it can be; what is done without a setting), \
                  `require` (encrypted or not at all), `verify-ca` (and its certificate is by a root that we know), \
                  `verify-full` (and it is of this host)",
    },
    Known {
        keys: &["DB_SSLROOTCERT"],
        meaning: "roots to trust in place of the system's (PEM); alone it means `verify-full`",
    },
    Known {
        keys: &["DB_SSLCERT", "DB_SSLKEY"],
        meaning: "our own certificate and its key, for a server that asks for one",
    },
    Known {
        keys: &["DB_TIMEOUT"],
        meaning: "how long a database may leave a statement unanswered (`90`, `90s`, `15m`; 30 s unless set); \
                  `--db-timeout` wins",
    },
    Known {
        keys: &["MULTIFLEXI_TIMEZONE"],
        meaning: "the zone in which times are stored and shown; else the system's",
    },
];

/// The others.
pub const OTHERS: &[Known] = &[
    Known {
        keys: &["MULTIFLEXI_RUNNER_LEASE"],
        meaning: "how long a job stays its runner's when that is not heard of (`10s` to `1h`; 60 s unless set)",
    },
    Known {
        keys: &["MULTIFLEXI_LOG"],
        meaning: "`off`, `error`, `warn`, `info`, `debug` or `trace`: what happens inside is told on stderr; `debug` tells each \
                  call of helm, kubectl, podman and the database, as `-vv` does",
    },
    Known { keys: &["MULTIFLEXI_LOG_FORMAT"], meaning: "how that looks: `text`, or `json`, an object a line" },
    Known {
        keys: &["ENCRYPTION_MASTER_KEY"],
        meaning: "opens encrypted credential values; the process environment wins here",
    },
    Known {
        keys: &["DATA_ENCRYPTION_ENABLED"],
        meaning: "`false`: new secret values of credentials are stored in clear",
    },
    Known { keys: &["ZABBIX_SERVER", "ZABBIX_HOST"], meaning: "shown by `status`" },
    Known {
        keys: &["OTEL_ENABLED", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SERVICE_NAME"],
        meaning: "with `OTEL_ENABLED=true` each run is told to the collector at the endpoint (`http://localhost:4318` unless set) \
                  by OTLP over HTTP in JSON, whatever protocol is set; `telemetry test` sends there",
    },
];

/// The keys of all settings.
pub fn keys() -> impl Iterator<Item = &'static str> {
    OF_DATABASE.iter().chain(OTHERS).flat_map(|known| known.keys.iter().copied())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// `UPDATE=1` writes the table anew.
    #[test]
    fn the_documents_list_them() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
        let document = std::fs::read_to_string(path).unwrap();
        let row = |known: &Known| {
            let keys: Vec<_> = known.keys.iter().map(|key| format!("`{key}`")).collect();
            format!("| {} | {} |\n", keys.join(", "), known.meaning)
        };
        let table: String = OF_DATABASE.iter().chain(OTHERS).map(row).collect();
        let head = "| key | meaning |\n| --- | --- |\n";
        let begin = document.find(head).unwrap() + head.len();
        let end = begin + document[begin..].find("\n\n").unwrap() + 1;
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, format!("{}{table}{}", &document[..begin], &document[end..])).unwrap();
        } else {
            assert_eq!(document[begin..end], table, "UPDATE=1 cargo test writes the table anew");
        }
    }
}
