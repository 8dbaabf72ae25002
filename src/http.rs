//! Sending something to a web address, http or https, with the certificates that this system trusts.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// What is to be sent.
pub enum Body {
    Text(String),
    /// From its present position on.
    File(File),
}

/// What is to be sent, and where to.
pub struct WebRequest {
    pub address: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
    /// How long all of it may take: looking the name up, connecting, sending, and the answer.
    pub limit: Duration,
}

/// The host of an address: all that may be said of it, as its path or its user may be a secret.
pub fn host(address: &str) -> String {
    match address.parse::<ureq::http::Uri>() {
        Ok(uri) => uri.host().unwrap_or("an address without a host").to_owned(),
        Err(_) => "what is no address".to_owned(),
    }
}

/// An address without what may be a secret: its scheme, host and port.
pub fn origin(address: &str) -> String {
    let Ok(uri) = address.parse::<ureq::http::Uri>() else { return "what is no address".to_owned() };
    let scheme = uri.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}{}{port}", uri.host().unwrap_or_default())
}

/// An answer of success.
pub struct WebAnswer {
    pub status: u16,
    /// The beginning of its body, as far as that is text and came.
    pub body: String,
}

/// More of an answer is not read.
const BODY_LIMIT: u64 = 64 * 1024;

/// Posts, and returns the answer, which is one of success. Redirections are not followed.
///
/// # Errors
/// Why it failed, in words that do not hold the address: it is not valid, nobody answers in time, the certificate is not trusted,
/// or the answer is no success.
pub async fn post(post: WebRequest) -> Result<WebAnswer, String> {
    let limit = post.limit;
    // The library's own limits end its work; this one is for what they do not reach.
    match tokio::time::timeout(limit + Duration::from_secs(2), tokio::task::spawn_blocking(move || send(post))).await {
        Ok(Ok(Ok(answer))) if (200..=299).contains(&answer.status) => Ok(answer),
        Ok(Ok(Ok(answer))) => Err(format!("it answered with HTTP {}", answer.status)),
        Ok(Ok(Err(ureq::Error::Timeout(_)))) | Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
        Ok(Ok(Err(error))) => Err(without_address(&error)),
        Ok(Err(cause)) => Err(cause.to_string()),
    }
}

/// Asks whoever is at this address for the status and the beginning of the body.
///
/// Who answers is not proven, and nothing is told to it. Neither proxies nor redirections are followed.
///
/// # Errors
/// Nobody answers within the limit, or in other words than HTTP's.
pub async fn peek(address: String, limit: Duration, keep: u64) -> Result<(u16, Vec<u8>), String> {
    let ask = move || -> Result<(u16, Vec<u8>), ureq::Error> {
        let tls = TlsConfig::builder()
            .disable_verification(true)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(limit))
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .tls_config(tls);
        let agent: ureq::Agent = config.build().into();
        let mut answer = agent.get(&address).call()?;
        let mut body = Vec::new();
        answer.body_mut().as_reader().take(keep).read_to_end(&mut body)?;
        Ok((answer.status().as_u16(), body))
    };
    match tokio::time::timeout(limit + Duration::from_secs(1), tokio::task::spawn_blocking(ask)).await {
        Ok(Ok(answer)) => answer.map_err(|error| without_address(&error)),
        Ok(Err(cause)) => Err(cause.to_string()),
        Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
    }
}

fn send(post: WebRequest) -> Result<WebAnswer, ureq::Error> {
    let mut config = ureq::Agent::config_builder()
        .timeout_global(Some(post.limit))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("multiflexi-cli/", env!("CARGO_PKG_VERSION")));
    if post.address.starts_with("https:") {
        let trusted = rustls_native_certs::load_native_certs().certs;
        let trusted: Vec<_> = trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        config = config.tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::new_with_certs(&trusted))
                .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .build(),
        );
    }
    let agent: ureq::Agent = config.build().into();
    let mut request = agent.post(&post.address);
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    let mut answer = match &post.body {
        Body::Text(text) => request.send(text)?,
        Body::File(file) => request.send(file)?,
    };
    let mut body = Vec::new();
    // What was sent is taken by now, whatever becomes of the rest of the answer.
    let _ = answer.body_mut().as_reader().take(BODY_LIMIT).read_to_end(&mut body);
    Ok(WebAnswer { status: answer.status().as_u16(), body: String::from_utf8_lossy(&body).into_owned() })
}

/// Why it failed. The library's words for a wrong address repeat it.
fn without_address(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "the address is none: it takes https://HOST/PATH".into(),
        other => other.to_string(),
    }
}
