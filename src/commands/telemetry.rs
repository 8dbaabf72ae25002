//! `telemetry test`: sends one metric to an OpenTelemetry collector, to see whether it takes it.

use serde_json::json;

use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{Outcome, success};
use crate::telemetry::Collector;

#[derive(clap::Args)]
pub struct Test {
    /// The collector's OTLP address, instead of OTEL_EXPORTER_OTLP_ENDPOINT
    #[arg(short = 'e', long, value_name = "URL", num_args = 0..=1)]
    endpoint: Option<String>,
    /// Accepted for compatibility; only a counter is sent
    #[arg(long = "disable-gauges")]
    _disable_gauges: bool,
}

/// Sends one metric to the collector, to see whether it takes it.
///
/// # Errors
/// No collector is named, its address is not valid, or it does not take the metric.
async fn test(ctx: &mut Context, args: Test) -> Result<Outcome> {
    let endpoint = args.endpoint.or_else(|| ctx.settings.get("OTEL_EXPORTER_OTLP_ENDPOINT")).ok_or_else(|| {
        Error::refused("no metrics are exported: no collector is named")
            .hint("Set OTEL_EXPORTER_OTLP_ENDPOINT, or give --endpoint=http://HOST:4318")
    })?;
    let collector = Collector::at_endpoint(endpoint, &ctx.settings);
    let status = collector.test().await?;
    let endpoint = collector.address();
    let text = format!("Metric exported to {endpoint}: HTTP {status}");
    let json = json!({"endpoint": endpoint, "http_status": status.to_string()});
    Ok(Outcome::message(text.clone(), success(&text, &json)))
}

pub const NOUN: Noun = Noun {
    name: "telemetry",
    aliases: &[],
    about: "Metrics for OpenTelemetry",
    scope: Scope::Data,
    verbs: &[verb!("test", "Send a metric to the collector", Test, test)],
};
