//! `telemetry test`: sends one metric to an OpenTelemetry collector, to see whether it takes it.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::{Noun, verb};
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
    let (host, path) = parts(&endpoint)?;
    let status = match tokio::time::timeout(LIMIT, post(&host, &path)).await {
        Ok(status) => status.map_err(|cause| failed(cause.into()))?,
        Err(_) => return Err(failed(anyhow::anyhow!("no answer within {} s", LIMIT.as_secs()))),
    };
    let code = status.split_whitespace().nth(1).unwrap_or_default();
    if !code.starts_with('2') {
        return Err(failed(anyhow::anyhow!("it answered {status:?}")));
    }
    let text = format!("Metric exported to {endpoint}: {status}");
    Ok(Outcome::message(text.clone(), success(&text, &json!({"endpoint": endpoint, "http_status": code}))))
}

/// Host with port, and path, of a collector's address.
fn parts(endpoint: &str) -> Result<(String, String)> {
    let refused = |words: &str| {
        Error::usage(format!(
            "the collector's address (--endpoint or OTEL_EXPORTER_OTLP_ENDPOINT) is {endpoint:?}: {words}"
        ))
    };
    let rest = endpoint.strip_prefix("http://").ok_or_else(|| {
        refused("only http:// can be tested")
            .hint("Test an https collector with its own tools, or through a local agent")
    })?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(is_plain) || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(refused("it takes http://HOST:PORT").hint("For instance http://localhost:4318"));
    }
    let host = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) {
        host.to_owned()
    } else {
        format!("{host}:{PORT}")
    };
    let path = path.trim_end_matches('/');
    let path = if path.ends_with("v1/metrics") {
        format!("/{path}")
    } else {
        format!("/{path}/v1/metrics").replace("//", "/")
    };
    Ok((host, path))
}

/// Sends the metric and gives the first line of the answer.
async fn post(host: &str, path: &str) -> std::io::Result<String> {
    let now = chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default().to_string();
    let body = json!({"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "multiflexi"}}]},
        "scopeMetrics": [{"scope": {"name": "multiflexi-cli"}, "metrics": [{
            "name": "multiflexi.telemetry.test", "unit": "1",
            // Delta, as the suite's counters are.
            "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [
                {"asInt": "1", "startTimeUnixNano": now, "timeUnixNano": now}
            ]},
        }]}],
    }]})
    .to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = vec![0; 4096];
    let mut length = 0;
    while length < answer.len() && !answer[..length].contains(&b'\n') {
        match stream.read(&mut answer[length..]).await? {
            0 => break,
            count => length += count,
        }
    }
    let line = answer[..length].split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).trim().to_owned())
}

pub const NOUN: Noun = Noun {
    name: "telemetry",
    aliases: &[],
    about: "Metrics for OpenTelemetry",
    verbs: &[verb!("test", "Send a metric to the collector", Test, test)],
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses() {
        let both = |text| parts(text).unwrap();
        assert_eq!(both("http://collector"), ("collector:4318".into(), "/v1/metrics".into()));
        assert_eq!(both("http://[::1]:99/otlp/"), ("[::1]:99".into(), "/otlp/v1/metrics".into()));
        assert_eq!(both("http://c:1/v1/metrics"), ("c:1".into(), "/v1/metrics".into()));
        assert!(parts("https://c").is_err() && parts("http://").is_err() && parts("http://a b").is_err());
    }
}
