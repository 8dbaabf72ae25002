//! Who calls us, and on which machine.

use crate::failpoint;

/// The Unix user's name, as far as the column takes it.
pub fn login() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten();
    let mut login = user.map_or_else(|| nix::unistd::geteuid().to_string(), |user| user.name);
    // The column takes 32 characters.
    login.truncate(login.char_indices().nth(32).map_or(login.len(), |(at, _)| at));
    login
}

/// The name of a Unix user by its number, or that.
pub fn name_of(user: u32) -> String {
    let known = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(user)).ok().flatten();
    known.map_or_else(|| format!("user {user}"), |user| user.name)
}

/// `USER@HOST`.
pub fn at_host(login: &str) -> String {
    format!("{login}@{}", host())
}

/// This machine's name, or this container's.
pub fn host() -> String {
    failpoint::machine()
        .unwrap_or_else(|| nix::unistd::gethostname().unwrap_or_default().to_string_lossy().into_owned())
}
