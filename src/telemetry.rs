//! Metrics for an OpenTelemetry collector: OTLP over HTTP in JSON, with the names and attributes that the suite gives them.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use sea_query::{Expr, ExprTrait};
use serde_json::{Value, json};

use crate::config::Settings;
use crate::config::parse_bool;
use crate::db::expression::refers_to;
use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::http::{self, Body, WebRequest};
use crate::id::JobId;

/// How measurements are sent, as OpenTelemetry names it. The setting for that is the suite's: it has no other way here.
pub const PROTOCOL: &str = "http/json";
/// Where OTLP over HTTP listens by default.
const PORT: u16 = 4318;
/// A collector that is asked by hand may take so long.
const LIMIT: Duration = Duration::from_secs(10);
/// One that is told of a job keeps the next job from running.
const LIMIT_OF_A_JOB: Duration = Duration::from_secs(3);
/// A collector that did not take one is left alone for so long: each job would wait for it.
const REST: Duration = Duration::from_secs(60);
/// The bounds of the durations' buckets, in seconds: the ones that OpenTelemetry gives for none.
const BOUNDS: [f64; 15] =
    [0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10_000.0];

/// A collector, and what we call ourselves there.
pub struct Collector {
    endpoint: String,
    service: String,
}

impl Collector {
    /// The one that the settings name, where metrics are switched on.
    pub fn from_settings(settings: &Settings) -> Option<Collector> {
        let is_on = settings.get("OTEL_ENABLED").is_some_and(|value| parse_bool(&value) == Some(true));
        let endpoint =
            settings.get("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_else(|| format!("http://localhost:{PORT}"));
        is_on.then(|| Collector::at_endpoint(endpoint, settings))
    }

    /// The one at this address.
    pub fn at_endpoint(endpoint: String, settings: &Settings) -> Collector {
        let service = settings.get("OTEL_SERVICE_NAME").unwrap_or_else(|| "multiflexi".into());
        Collector { endpoint, service }
    }

    /// Where it is, without what may be a secret.
    pub fn address(&self) -> String {
        http::origin(&self.endpoint)
    }

    /// What we call ourselves there.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Sends one count of one metric, to see whether the collector takes it. Returns the status of the answer.
    ///
    /// # Errors
    /// The address is not valid, or the collector did not take it.
    pub async fn test(&self) -> Result<u16> {
        self.send(vec![counter("multiflexi.telemetry.test", "1", &json!([]))], LIMIT).await
    }

    /// Sends what a job came to that has ended. Nothing is sent of one that waits again.
    ///
    /// # Errors
    /// Same as [`Collector::test`]; or the database cannot be asked.
    pub async fn tell(&self, db: &mut Db, job: JobId, took: Duration) -> Result<()> {
        static FAILED: Mutex<Option<Instant>> = Mutex::new(None);
        let failed = || FAILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if failed().is_some_and(|at| at.elapsed() < REST) {
            return Ok(());
        }
        let Some((attributes, is_success)) = attributes(db, job).await? else { return Ok(()) };
        let outcome = if is_success { "multiflexi.jobs.success" } else { "multiflexi.jobs.failed" };
        let metrics = vec![
            counter("multiflexi.jobs.total", "jobs", &attributes),
            counter(outcome, "jobs", &attributes),
            duration(took.as_secs_f64(), &attributes),
        ];
        let sent = self.send(metrics, LIMIT_OF_A_JOB).await;
        *failed() = sent.is_err().then(Instant::now);
        sent.map(drop)
    }

    /// Sends what a job came to that somebody else than its runner has ended, and took as long as its record says.
    ///
    /// That it cannot be sent is a warning in the log: its result is saved.
    pub async fn tell_ended(&self, db: &mut Db, job: JobId) {
        let told = async {
            let Some(row) = db.find(tables::JOB, job.0).await? else { return Ok(()) };
            let took = row.time("begin").zip(row.time("end")).map(|(begin, end)| end.signed_duration_since(begin));
            // A clock may have been put back.
            let took = took.and_then(|took| took.to_std().ok()).unwrap_or_default();
            self.tell(db, job, took).await
        };
        let told: Result<()> = told.await;
        if let Err(error) = told {
            tracing::warn!(%job, error = error.line(), "the collector was not told");
        }
    }

    async fn send(&self, metrics: Vec<Value>, limit: Duration) -> Result<u16> {
        let body = json!({"resourceMetrics": [{
            "resource": {"attributes": [text("service.name", &self.service)]},
            "scopeMetrics": [{"scope": {"name": "multiflexi-cli"}, "metrics": metrics}],
        }]});
        let post = WebRequest {
            address: address(&self.endpoint)?,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: Body::Text(body.to_string()),
            limit,
        };
        let refused = |why: String, hint: &str| {
            Error::refused(format!("the collector at {} did not take a metric", self.address()))
                .because(anyhow::anyhow!("{why}"))
                .hint(hint)
        };
        let answer = http::post(post).await.map_err(|why| {
            refused(why, "Check the address and that the collector has its OTLP HTTP receiver switched on (port 4318)")
        })?;
        match rejection(&answer.body) {
            Some(why) => Err(refused(why, "Check which metrics the collector takes: it answered, and threw this away")),
            None => Ok(answer.status),
        }
    }
}

/// Why a collector that answered with success did not take all; None where it did.
fn rejection(body: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(body).ok()?;
    let partial = &answer["partialSuccess"];
    // OTLP's JSON has whole numbers as texts, and some collectors have them as numbers.
    let count = &partial["rejectedDataPoints"];
    let count = count.as_i64().or_else(|| count.as_str()?.parse().ok()).filter(|count| *count > 0)?;
    let message = partial["errorMessage"].as_str().filter(|message| !message.trim().is_empty());
    Some(format!("it rejected {count} data points: {}", message.unwrap_or("it does not say why")))
}

/// What the suite says of a job with each of its metrics, and whether it succeeded; None where it has not ended.
async fn attributes(db: &mut Db, id: JobId) -> Result<Option<(Value, bool)>> {
    let mut select = select::columns(
        tables::JOB,
        ["app_id", "company_id", "runtemplate_id", "executor", "exitcode"].map(|column| (tables::JOB, column)),
    )
    .and_where(Expr::col((tables::JOB, "id")).eq(id))
    .take();
    for (table, refers, name) in [
        (tables::APPS, "app_id", "app_name"),
        (tables::COMPANY, "company_id", "company_name"),
        (tables::RUNTEMPLATE, "runtemplate_id", "runtemplate_name"),
    ] {
        select.expr_as(Expr::col((table, "name")), name);
        select.left_join(table, refers_to((tables::JOB, refers), table));
    }
    let Some(row) = db.fetch_optional(&select).await? else { return Ok(None) };
    let Some(code) = row.int("exitcode") else { return Ok(None) };
    let mut attributes = vec![number("job_id", id.0)];
    for key in ["app_id", "company_id", "runtemplate_id"] {
        attributes.extend(row.int(key).map(|value| number(key, value)));
    }
    for key in ["app_name", "company_name", "runtemplate_name", "executor"] {
        attributes.extend(row.filled(key).map(|value| text(key, &value)));
    }
    attributes.push(number("exitcode", code));
    Ok(Some((attributes.into(), code == 0)))
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

/// OTLP's JSON has whole numbers as texts.
fn number(key: &str, value: i64) -> Value {
    json!({"key": key, "value": {"intValue": value.to_string()}})
}

/// One more of what is counted. Delta, as the suite's counters are.
fn counter(name: &str, unit: &str, attributes: &Value) -> Value {
    let now = now();
    json!({"name": name, "unit": unit, "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [
        {"attributes": attributes, "asInt": "1", "startTimeUnixNano": now, "timeUnixNano": now}
    ]}})
}

/// How long one job took.
fn duration(seconds: f64, attributes: &Value) -> Value {
    let now = now();
    // Of a bucket its upper bound belongs to it.
    let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
    let counts: Vec<&str> = (0..=BOUNDS.len()).map(|at| if at == bucket { "1" } else { "0" }).collect();
    json!({"name": "multiflexi.job.duration", "unit": "seconds", "histogram": {"aggregationTemporality": 1, "dataPoints": [
        {"attributes": attributes, "count": "1", "sum": seconds, "min": seconds, "max": seconds,
         "bucketCounts": counts, "explicitBounds": BOUNDS, "startTimeUnixNano": now, "timeUnixNano": now}
    ]}})
}

fn now() -> String {
    chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default().to_string()
}

/// Where a collector at this address takes metrics.
fn address(endpoint: &str) -> Result<String> {
    let refused = |message: &str| {
        let what = "the collector's address (--endpoint or OTEL_EXPORTER_OTLP_ENDPOINT)";
        // An address may hold a password.
        let shown = if endpoint.contains('@') { "not one that is taken".to_owned() } else { format!("{endpoint:?}") };
        Error::usage(format!("{what} is {shown}: {message}")).hint("For instance http://localhost:4318")
    };
    let scheme = ["http://", "https://"].into_iter().find(|scheme| endpoint.starts_with(scheme));
    let scheme = scheme.ok_or_else(|| refused("it begins with http:// or https://"))?;
    let rest = &endpoint[scheme.len()..];
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(is_plain) || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(refused("it takes http://HOST:PORT"));
    }
    let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let port = if has_port || scheme == "https://" { String::new() } else { format!(":{PORT}") };
    let path = path.trim_matches('/');
    let path = match path {
        "" => "v1/metrics".to_owned(),
        whole if whole.ends_with("v1/metrics") => whole.to_owned(),
        base => format!("{base}/v1/metrics"),
    };
    Ok(format!("{scheme}{host}{port}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let whole = |text| address(text).unwrap();
        assert_eq!(whole("http://collector"), "http://collector:4318/v1/metrics");
        assert_eq!(whole("http://[::1]:99/otlp/"), "http://[::1]:99/otlp/v1/metrics");
        assert_eq!(whole("http://c:1/v1/metrics"), "http://c:1/v1/metrics");
        assert_eq!(whole("https://otlp.example.org"), "https://otlp.example.org/v1/metrics");
        assert!(address("ftp://c").is_err() && address("http://").is_err() && address("http://a b").is_err());
    }
}
