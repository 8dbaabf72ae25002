//! Sending something to a web address, http or https, with the certificates that this system trusts.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::error::{Error, Result};

/// How long all of it may take: looking the name up, connecting, sending, and the answer.
const LIMIT: Duration = Duration::from_secs(30);

/// What is to be sent, and where to.
pub struct Post {
    pub address: String,
    pub headers: Vec<(String, String)>,
    pub body: File,
}

/// The host of an address: all that may be said of it, as its path or its user may be a secret.
pub fn host(address: &str) -> String {
    match address.parse::<ureq::http::Uri>() {
        Ok(uri) => uri.host().unwrap_or("an address without a host").to_owned(),
        Err(_) => "what is no address".to_owned(),
    }
}

/// Posts, and tells the status of the answer, which is one of success. Redirections are not followed.
///
/// # Errors
/// The address is none, nobody answers within 30 s, or the answer is no success. The words name the host alone.
pub async fn post(post: Post) -> Result<u16> {
    let host = host(&post.address);
    let failed = |why: String| Error::refused(format!("{host} did not take it")).because(anyhow::anyhow!("{why}"));
    let sending = tokio::task::spawn_blocking(move || send(post));
    match tokio::time::timeout(LIMIT + Duration::from_secs(5), sending).await {
        Ok(Ok(Ok(status @ 200..=299))) => Ok(status),
        Ok(Ok(Ok(status))) => Err(failed(format!("it answered with HTTP {status}"))),
        Ok(Ok(Err(error))) => Err(failed(without_address(&error))),
        Ok(Err(cause)) => Err(failed(cause.to_string())),
        Err(_) => Err(failed(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}

fn send(post: Post) -> Result<u16, ureq::Error> {
    let mut config = ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT))
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
        request = request.header(name, value);
    }
    Ok(request.send(&post.body)?.status().as_u16())
}

/// Why it failed. The library's words for a wrong address repeat it.
fn without_address(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "the address is none: it takes https://HOST/PATH".into(),
        other => other.to_string(),
    }
}
