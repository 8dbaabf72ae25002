//! The settings that there are: what `doctor` knows, the man pages explain and `docs/configuration.md` lists.

/// A setting, or several that are set together.
pub struct Known {
    pub keys: &'static [&'static str],
    /// A sentence without its full stop; words of a program stand between backticks.
    pub meaning: &'static str,
}

/// Those of the database, which every command needs.
pub const OF_DATABASE: &[Known] = &[
    Known {
        keys: &["DB_CONNECTION"],
        meaning: "`sqlite`, `mysql` or `pgsql`; unset, the embedded SQLite file is used",
    },
    Known { keys: &["DB_DATABASE"], meaning: "the name of the database, or the path of the SQLite file" },
    Known {
        keys: &["DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD"],
        meaning: "how to reach and log in to a database server; a host that begins with `/` is a MySQL socket",
    },
    Known {
        keys: &["DB_SSLMODE"],
        meaning: "TLS to the server: `disable`, `prefer` (if the server offers it; the default), `require`, `verify-ca` (require, and \
                  verify the certificate), `verify-full` (and the host name in it)",
    },
    Known {
        keys: &["DB_SSLROOTCERT"],
        meaning: "PEM file of root certificates to trust instead of the system's; without `DB_SSLMODE` it implies `verify-full`",
    },
    Known {
        keys: &["DB_SSLCERT", "DB_SSLKEY"],
        meaning: "client certificate and its key (PEM files), if the server asks for one",
    },
    Known {
        keys: &["DB_TIMEOUT"],
        meaning: "how long to wait for the database to answer a statement (`90`, `90s`, `15m`; default 30 s); `--db-timeout` wins",
    },
    Known {
        keys: &["MULTIFLEXI_TIMEZONE"],
        meaning: "the time zone in which times are stored and shown, such as `Europe/Prague`; default: the system's",
    },
];

/// The others.
pub const OTHERS: &[Known] = &[
    Known {
        keys: &["MULTIFLEXI_RUNNER_LEASE"],
        meaning: "how long a runner that gives no sign of life keeps its jobs (`10s` to `1h`; default 60 s)",
    },
    Known {
        keys: &["MULTIFLEXI_LOG"],
        meaning: "log level on stderr: `off`, `error`, `warn`, `info`, `debug` or `trace`; `debug` logs each call of helm, \
                  kubectl, podman and the database, as `-vv` does",
    },
    Known { keys: &["MULTIFLEXI_LOG_FORMAT"], meaning: "format of that log: `text`, or `json` (one object a line)" },
    Known {
        keys: &["ENCRYPTION_MASTER_KEY"],
        meaning: "the key to encrypted credential values; for this one the process environment wins over the file",
    },
    Known {
        keys: &["DATA_ENCRYPTION_ENABLED"],
        meaning: "`false` stores new secret values of credentials unencrypted",
    },
    Known { keys: &["ZABBIX_SERVER", "ZABBIX_HOST"], meaning: "shown by `status`" },
    Known {
        keys: &["OTEL_ENABLED", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SERVICE_NAME"],
        meaning: "with `OTEL_ENABLED=true` the result of each job is sent to the collector at the endpoint (default \
                  `http://localhost:4318`) by OTLP over HTTP in JSON, whatever protocol is set; `telemetry test` sends there, too",
    },
];

/// The keys of all settings.
pub fn keys() -> impl Iterator<Item = &'static str> {
    OF_DATABASE.iter().chain(OTHERS).flat_map(|known| known.keys.iter().copied())
}

#[cfg(test)]
mod tests {
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
