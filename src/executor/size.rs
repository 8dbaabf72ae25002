//! How large arguments and variables of a program may be: what Linux takes, natively and in containers.

use super::reason::NotStarted;
use super::{Job, Reason};

/// The system's limit for one argument or variable, in bytes.
pub const ONE_MAX: usize = 128 * 1024;

/// An argument or a variable.
#[derive(Clone, Default)]
pub struct Part {
    /// What it is called in sentences.
    pub what: String,
    /// Its bytes, as the system counts them.
    pub size: usize,
}

impl Part {
    /// Why it cannot be handed over, and what to do.
    pub fn too_long(&self) -> String {
        let Part { what, size } = self;
        format!("{what} has {size} bytes, and the system takes 128 KiB of one: hand that over in a file")
    }

    /// Why this, the largest, and the others cannot be handed over, and what to do.
    pub fn too_much_together(&self, total: usize) -> String {
        let Part { what, size } = self;
        let limit = total_limit().map(|limit| format!(" {limit} bytes")).unwrap_or_default();
        format!(
            "its arguments and variables have {total} bytes together, more than the{limit} that the system takes of all (a quarter of \
             the stack's limit): hand the largest over in files, {what} ({size} bytes) first, or raise the limit (`ulimit -s`)"
        )
    }
}

/// The largest of a job's arguments and variables, and the bytes of all.
pub fn largest(job: &Job) -> (Part, usize) {
    let variables = job
        .environment
        .iter()
        .map(|v| Part { what: format!("the variable {}", v.name), size: v.name.len() + v.value.len() + 2 });
    let arguments = (0..).zip(&job.command);
    let arguments = arguments.map(|(n, text)| Part { what: format!("the argument {n}"), size: text.len() + 1 });
    let parts: Vec<Part> = variables.chain(arguments).collect();
    let total = parts.iter().map(|part| part.size).fold(0, usize::saturating_add);
    (parts.into_iter().max_by_key(|part| part.size).unwrap_or_default(), total)
}

/// Can a program in a container be given each of them? What it says when it cannot, from in there, tells nobody which one it is.
///
/// # Errors
/// One is too large.
pub fn check(job: &Job) -> Result<(), Reason> {
    match largest(job).0 {
        part if part.size > ONE_MAX => Err(Reason::TooLarge(NotStarted::TooLong(part.too_long()))),
        _ => Ok(()),
    }
}

/// Can a program that has this process's limits be given all of them?
///
/// # Errors
/// They are too large together.
pub fn check_together(job: &Job) -> Result<(), Reason> {
    let (part, total) = largest(job);
    match total_limit() {
        Some(limit) if total as u64 > limit => {
            Err(Reason::TooLarge(NotStarted::TooLong(part.too_much_together(total))))
        }
        _ => Ok(()),
    }
}

/// How much Linux takes of arguments and variables together: a quarter of the stack's limit, at most three quarters of 8 MiB.
fn total_limit() -> Option<u64> {
    const MOST: u64 = 6 * 1024 * 1024;
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let stack = limits.lines().find_map(|line| line.strip_prefix("Max stack size"))?;
    let soft = stack.split_whitespace().next()?;
    Some(soft.parse::<u64>().map_or(MOST, |bytes| (bytes / 4).clamp(ONE_MAX as u64, MOST)))
}
