//! The job's variables on their way into the pod: by the command line or the Secret, and past the shells that would act on them.

use std::borrow::Cow;

use serde_json::Value;

use super::Recording;
use crate::executor::{Job, Variable};

/// A value longer than that does not go through kubectl's argv (Linux takes 128 KiB an argument).
const ARGUMENT_MAX: usize = 60 * 1024;
/// All values together that go through argv.
const ARGUMENTS_MAX: usize = 512 * 1024;

/// A variable that a shell would act on is called so in a pod with a recorder, which gives it its own name for the program.
const HIDDEN: &str = "mfx_is_";

/// Variables that some shell (bash, dash, busybox) acts on at its start, sets, or does not hand on.
const OF_SHELLS: [&str; 68] = [
    "_", "BASH", "BASHOPTS", "BASHPID", "CDPATH", "CHILD_MAX", "COLUMNS", "COMPREPLY", "COPROC", "DIRSTACK", "EMACS",
    "ENV", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "EXECIGNORE", "FCEDIT", "FIGNORE", "FUNCNAME", "FUNCNEST",
    "GLOBIGNORE", "GLOBSORT", "GROUPS", "HISTCMD", "HISTCONTROL", "HISTFILE", "HISTFILESIZE", "HISTIGNORE", "HISTSIZE",
    "HISTTIMEFORMAT", "HOSTTYPE", "IFS", "IGNOREEOF", "INPUTRC", "INSIDE_EMACS", "LINENO", "LINES", "MACHTYPE", "MAIL",
    "MAILCHECK", "MAILPATH", "MAPFILE", "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PIPESTATUS", "POSIXLY_CORRECT",
    "PPID", "PROMPT_COMMAND", "PROMPT_DIRTRIM", "PS0", "PS1", "PS2", "PS3", "PS4", "RANDOM", "REPLY", "SECONDS",
    "SHELL", "SHELLOPTS", "SRANDOM", "TIMEFORMAT", "TMOUT", "UID", "auto_resume", "histchars", "FPATH",
];

/// Gives a container's own variables that a shell would act on the names by which the recorder knows them.
pub fn hide_from_shells(container: &mut Value) {
    let Some(variables) = container.get_mut("env").and_then(Value::as_array_mut) else { return };
    let mut hidden = Vec::new();
    for variable in variables.iter_mut() {
        if let Some(name) = variable["name"].as_str().filter(|name| is_of_shells(name)).map(str::to_owned) {
            variable["name"] = format!("{HIDDEN}{name}").into();
            hidden.push(name);
        }
    }
    for variable in variables.iter_mut() {
        if let Some(value) = variable["value"].as_str() {
            variable["value"] =
                hidden.iter().fold(value.to_owned(), |value, name| refer_to_hidden(&value, name)).into();
        }
    }
}

/// Another variable's value with references to this one by its new name; `$$(NAME)` is none.
fn refer_to_hidden(value: &str, name: &str) -> String {
    let reference = format!("$({name})");
    let mut parts = value.split(reference.as_str());
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Two of them are one that means nothing.
        let is_escaped = text.bytes().rev().take_while(|byte| *byte == b'$').count() % 2 == 1;
        text.push_str(&if is_escaped { reference.clone() } else { format!("$({HIDDEN}{name})") });
        text.push_str(part);
    }
    text
}

/// May a shell drop some of this container's variables, or are some hidden from it?
///
/// What the variables of an `envFrom` are called is known of the job's own Secret only, which has the pod's name.
pub fn may_be_lost_in_shell(container: &Value, pod: &str) -> bool {
    let list = |key: &str| container[key].as_array().into_iter().flatten();
    let mut names = list("env").filter_map(|variable| variable["name"].as_str());
    names.any(|name| is_unwritable(name) || name.starts_with(HIDDEN))
        || list("envFrom").any(|source| source["secretRef"]["name"] != pod)
}

/// Does the name belong to shells, to the recorder, or to what loads the recorder's tools?
///
/// One that no shell can write is left alone by all of them.
fn is_of_shells(name: &str) -> bool {
    let prefixes = ["mfx_", "BASH_", "COMP_", "READLINE_", "LD_"];
    let is_known = OF_SHELLS.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix));
    is_known && !is_unwritable(name)
}

/// Can a shell not write a variable of this name?
fn is_unwritable(name: &str) -> bool {
    name.contains(['-', '.'])
}

/// The job's variables by the way they go into the pod, as they are called there.
pub struct Variables<'a> {
    /// `--env`.
    pub plain: Vec<Cow<'a, Variable>>,
    /// The Secret.
    pub secret: Vec<Cow<'a, Variable>>,
    /// Neither: Kubernetes does not take such names.
    pub refused: Vec<&'a str>,
}

impl Variables<'_> {
    /// Are there some that most shells drop, since they cannot write their names (`a.b`), or that are hidden from them?
    pub fn go_past_shell(&self) -> bool {
        let mut names = self.plain.iter().chain(&self.secret).map(|variable| variable.name.as_str());
        names.any(|name| is_unwritable(name) || name.starts_with(HIDDEN))
    }
}

/// Sorts the job's variables by the way in which each gets into the pod.
///
/// Secret values go into the Secret, and so does what is too long for kubectl's arguments. A secret one whose name Kubernetes does
/// not take, but whose value stands in the command line, is in the Secret under a name of ours. In a pod with the recorder what a
/// shell would act on is called otherwise.
pub fn sort(job: &Job, recording: Recording) -> Variables<'_> {
    let in_pod = |variable: &'_ Variable| Variable { name: format!("{HIDDEN}{}", variable.name), ..variable.clone() };
    let mut sorted = Variables { plain: Vec::new(), secret: Vec::new(), refused: Vec::new() };
    let mut total = 0;
    for variable in &job.environment {
        let name = variable.name.as_str();
        let is_hidden = recording == Recording::Recorder && is_of_shells(name);
        let named = if is_hidden { Cow::Owned(in_pod(variable)) } else { Cow::Borrowed(variable) };
        if !accepts_name(name) {
            sorted.refused.push(name);
            // Under a name of ours its value can be referred to, and stands in no command line.
            if variable.secret && !variable.value.is_empty() && is_in_command(job, &variable.value) {
                sorted.secret.push(Cow::Owned(Variable { name: unused_name(job, &sorted), ..variable.clone() }));
            }
        } else if variable.secret && !variable.value.is_empty()
            || variable.value.len() > ARGUMENT_MAX
            || total + variable.value.len() > ARGUMENTS_MAX
        {
            sorted.secret.push(named);
        } else {
            total += variable.value.len();
            sorted.plain.push(named);
        }
    }
    sorted
}

/// Does Kubernetes take a variable of this name?
fn accepts_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        && name != "."
        && !name.starts_with("..")
}

fn is_in_command(job: &Job, value: &str) -> bool {
    job.command.iter().any(|argument| argument.contains(value))
}

/// A name that no variable of the job has.
fn unused_name(job: &Job, sorted: &Variables<'_>) -> String {
    let names = |n: usize| format!("MULTIFLEXI_SECRET_{n}");
    let is_free = |name: &String| {
        !job.environment.iter().any(|it| it.name == *name) && !sorted.secret.iter().any(|it| it.name == *name)
    };
    (1..).map(names).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refers_to_a_hidden_variable_has_its_new_name() {
        let value = refer_to_hidden("$(IFS) $$(IFS) $$$(IFS) $(IF)", "IFS");
        assert_eq!(value, "$(mfx_is_IFS) $$(IFS) $$$(mfx_is_IFS) $(IF)");
    }
}
