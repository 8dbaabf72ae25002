//! The phases of what must survive anything. Each is told to whoever follows along ([`crate::log`]), and is a point at which a
//! test makes this process fail: `MULTIFLEXI_TEST_STOP_AT=claimed` kills it there as `kill -9` would,
//! `MULTIFLEXI_TEST_PAUSE_AT=claimed` stops it there until it is told to go on (SIGCONT).
//!
//! Only builds with debug assertions, which is what tests run, can be made to die: a release looks at no such variable. A cargo
//! feature would do the same, but could be left on, and would have to be given to every `cargo test`.

/// Where a process can be made to die.
#[cfg(debug_assertions)]
const VARIABLE: &str = "MULTIFLEXI_TEST_STOP_AT";
#[cfg(debug_assertions)]
const PAUSE: &str = "MULTIFLEXI_TEST_PAUSE_AT";
/// The machine that a test wants this process to be on, and behind an `@` which of its boots, or of several machines of that name.
#[cfg(debug_assertions)]
const MACHINE: &str = "MULTIFLEXI_TEST_MACHINE";
/// The time that a test wants it to be, in seconds since 1970.
#[cfg(debug_assertions)]
const NOW: &str = "MULTIFLEXI_TEST_NOW";
/// The most seconds to wait for a peer that a test makes silent; see [`at_most`].
#[cfg(debug_assertions)]
const LIMIT: &str = "MULTIFLEXI_TEST_LIMIT_SECONDS";

/// The process ends or pauses here if a test wants it to.
#[cfg(debug_assertions)]
pub fn at(point: &str) {
    tracing::debug!(phase = point, "reached");
    use nix::sys::signal::Signal;
    for (variable, signal) in [(VARIABLE, Signal::SIGKILL), (PAUSE, Signal::SIGSTOP)] {
        if std::env::var_os(variable).is_some_and(|wanted| wanted == point) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::this(), signal);
        }
    }
}

/// Logs that this phase is reached; in a release nothing else happens here.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn at(point: &str) {
    tracing::debug!(phase = point, "reached");
}

/// The machine that this process is on, where a test wants it to be on another one.
#[cfg(debug_assertions)]
pub fn machine() -> Option<String> {
    let machine = std::env::var(MACHINE).ok()?;
    Some(machine.split_once('@').map_or(machine.as_str(), |(name, _)| name).to_owned())
}

/// Which boot of a machine this process is in, where a test wants it to be on another one.
#[cfg(debug_assertions)]
pub fn boot() -> Option<String> {
    std::env::var(MACHINE).ok()
}

/// None: in a release no test says which machine this process is on.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn machine() -> Option<String> {
    None
}

/// None: in a release no test says in which boot this process is.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn boot() -> Option<String> {
    None
}

/// What time it is; what a test wants it to be.
#[cfg(debug_assertions)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    let wanted = std::env::var(NOW).ok().and_then(|seconds| seconds.parse().ok());
    wanted.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0)).unwrap_or_else(chrono::Utc::now)
}

/// What time it is; in a release no test has a say in it.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// How long to wait for who does not answer; less where a test wants less.
#[cfg(debug_assertions)]
pub fn at_most(limit: std::time::Duration) -> std::time::Duration {
    let wanted = std::env::var(LIMIT).ok().and_then(|seconds| seconds.parse().ok());
    wanted.map_or(limit, std::time::Duration::from_secs).min(limit)
}

/// How long to wait for who does not answer: `limit` itself, which in a release no test shortens.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn at_most(limit: std::time::Duration) -> std::time::Duration {
    limit
}
