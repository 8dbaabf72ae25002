//! `telemetry test`: sends one metric to an OpenTelemetry collector, to see whether it takes it.

use std::time::Duration;

use serde_json::json;

use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{self, Body, Post};
use crate::output::{Outcome, success};

/// How long a collector may take.
const LIMIT: Duration = Duration::from_secs(10);
/// Where OTLP over HTTP listens by default.
const PORT: u16 = 4318;

#[derive(clap::Args)]
pub struct Test {
    /// The collector's OTLP address, instead of OTEL_EXPORTER_OTLP_ENDPOINT
    #[arg(short = 'e', long, value_name = "URL")]
    endpoint: Option<String>,
    /// Accepted for older callers: a counter is all that is sent
    #[arg(long = "disable-gauges")]
    _disable_gauges: bool,
}

pub async fn test(ctx: &mut Context, args: Test) -> Result<Outcome> {
    let endpoint = args.endpoint.or_else(|| ctx.settings.get("OTEL_EXPORTER_OTLP_ENDPOINT")).ok_or_else(|| {
        Error::refused("no metrics are exported: no collector is named")
            .hint("Set OTEL_EXPORTER_OTLP_ENDPOINT, or give --endpoint=http://HOST:4318")
    })?;
    let failed = |why: anyhow::Error| {
        Error::refused(format!("the collector at {endpoint} did not take a metric"))
            .because(why)
            .hint("Check the address and that the collector has its OTLP HTTP receiver switched on (port 4318)")
    };
    let post = Post {
        address: address(&endpoint)?,
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: Body::Text(metric()),
        limit: LIMIT,
    };
    let status = http::post(post).await.map_err(|why| failed(anyhow::anyhow!("{why}")))?;
    let text = format!("Metric exported to {endpoint}: HTTP {status}");
    let json = json!({"endpoint": endpoint, "http_status": status.to_string()});
    Ok(Outcome::message(text.clone(), success(&text, &json)))
}

/// Where a collector at this address takes metrics.
fn address(endpoint: &str) -> Result<String> {
    let refused = |words: &str| {
        let what = "the collector's address (--endpoint or OTEL_EXPORTER_OTLP_ENDPOINT)";
        // An address may hold a password.
        let shown = if endpoint.contains('@') { "not one that is taken".to_owned() } else { format!("{endpoint:?}") };
        Error::usage(format!("{what} is {shown}: {words}")).hint("For instance http://localhost:4318")
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

/// One count of one metric, as OTLP has it.
fn metric() -> String {
    let now = chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default().to_string();
    json!({"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "multiflexi"}}]},
        "scopeMetrics": [{"scope": {"name": "multiflexi-cli"}, "metrics": [{
            "name": "multiflexi.telemetry.test", "unit": "1",
            // Delta, as the suite's counters are.
            "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [
                {"asInt": "1", "startTimeUnixNano": now, "timeUnixNano": now}
            ]},
        }]}],
    }]})
    .to_string()
}

pub const NOUN: Noun = Noun {
    name: "telemetry",
    aliases: &[],
    about: "Metrics for OpenTelemetry",
    scope: Scope::Data,
    verbs: &[verb!("test", "Send a metric to the collector", Test, test)],
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
