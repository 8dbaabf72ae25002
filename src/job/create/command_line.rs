//! A job's command line: the application's executable and its parameters with the macros put in.
//!
//! `{X}` and `${X}` stand for the value of the field X, wherever they stand: bare, in double or in single quotes. A value is one
//! piece of text there: it cannot split, end or extend the command, and nothing in it is expanded again. A bare `{X}` of an empty
//! value is an empty argument. Names that no field has stay as they are, and so does a macro after a backslash.
//!
//! Parameters without shell characters are split by the POSIX quoting rules and run without a shell. With them `/bin/sh` gets the
//! line, and in the place of each macro a quoted reference to the environment variable of that name, which every field is. So the
//! shell never parses a value, whatever surrounds the macro, and no value stands in the shell's argv. A secret parameter needs
//! the shell for that: only the program itself then has the value in its argv.

use std::fmt;

use super::macros::{macro_at, quote_double, quote_single};
use crate::error::{Error, Result};
use crate::job::field::Field;
use crate::secret::{MASK, looks_secret};
use crate::shell::quote_word;

/// What to run.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program and its arguments. May hold secrets: never show it.
    pub argv: Vec<String>,
    /// Whether a shell runs it. The fields have to be in its environment.
    pub shell: bool,
    /// The line with values put in and secrets masked, for `job.command`.
    pub display: String,
    /// Variables that the shell needs beside the fields: the name of each, and the field whose value it has.
    ///
    /// A shell cannot refer to a variable that is called `2FA` or `BANKA+`.
    pub aliases: Vec<(String, String)>,
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

/// Commands that only a shell knows.
const SHELL_WORDS: [&str; 33] = [
    "!", ".", ":", "[[", "alias", "break", "case", "cd", "command", "continue", "eval", "exec", "exit", "export",
    "for", "if", "local", "read", "readonly", "return", "set", "shift", "source", "times", "trap", "type", "ulimit",
    "umask", "unset", "until", "wait", "while", "{",
];

/// Variables that a shell sets itself, whatever its environment says.
const SHELL_VARIABLES: [&str; 12] =
    ["EUID", "IFS", "LINENO", "OLDPWD", "OPTIND", "PPID", "PWD", "RANDOM", "SECONDS", "SHLVL", "UID", "_"];

/// Puts the fields' values into an application's parameters. Macros in `executable` are no macros: it is a path.
///
/// # Errors
/// There is no executable, a quote is not closed, or a macro stands where the shell would calculate with it.
pub fn build(executable: &str, cmdparams: &str, fields: &[Field]) -> Result<CommandLine> {
    let (executable, cmdparams) = (executable.trim(), cmdparams.trim());
    if executable.is_empty() {
        return Err(Error::refused("the application has no executable, so there is nothing to run")
            .hint("set it with `multiflexi-cli application update --id=ID --executable=PROGRAM`"));
    }
    let mut line = Line::default();
    line.read(executable, &[], "executable")?;
    if !cmdparams.is_empty() {
        line.bare(' ');
        line.read(cmdparams, fields, "parameters")?;
    }
    line.finish()
}

/// What surrounds the character that is read.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Bare,
    Single,
    Double,
    /// `$(…)` or `(…)`: bare again, until the bracket closes.
    Brackets,
    /// `` `…` ``
    Backticks,
    /// `${…}` of the shell's own, within double quotes or not.
    Braces {
        double: bool,
    },
    /// `$((…))`
    Arithmetic,
}

#[derive(Default)]
struct Line<'f> {
    /// Of which macros may stand in what is read.
    fields: &'f [Field],
    /// The places around, outermost first; none means bare.
    places: Vec<Place>,
    words: Vec<String>,
    /// The word that is being read; `None` between words.
    word: Option<String>,
    /// The line for the shell.
    script: String,
    display: String,
    needs_shell: bool,
    /// A field whose variable the shell sets itself.
    shadowed: Option<String>,
    aliases: Vec<(String, String)>,
}

impl<'f> Line<'f> {
    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Bare)
    }

    /// Whether the place is one where blanks separate words.
    fn is_bare(&self) -> bool {
        matches!(self.place(), Place::Bare | Place::Brackets | Place::Backticks | Place::Braces { double: false })
    }

    /// The macro at the beginning of a text.
    fn macro_at<'t>(&self, text: &'t str) -> Option<(&'t str, usize)> {
        macro_at(text, |name| self.fields.iter().any(|field| field.code == name))
    }

    fn read(&mut self, text: &str, fields: &'f [Field], what: &str) -> Result<()> {
        self.fields = fields;
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if let Some((name, length)) = self.macro_at(rest)
                && let Some(field) = fields.iter().rfind(|field| field.code == name)
            {
                self.put(field)?;
                rest = &rest[length..];
            } else {
                rest = &rest[next.len_utf8()..];
                rest = match self.place() {
                    Place::Single => self.single(next, rest),
                    _ if next == '\\' => self.backslash(rest),
                    Place::Double => self.double(next, rest),
                    _ => self.unquoted(next, rest),
                };
            }
        }
        let open = match self.place() {
            Place::Bare => return Ok(()),
            Place::Single => "a single quote",
            Place::Double => "a double quote",
            Place::Backticks => "a backtick",
            Place::Braces { .. } => "`${`",
            Place::Brackets | Place::Arithmetic => "a bracket",
        };
        Err(Error::refused(format!("{open} in the application's {what} is not closed: `{text}`"))
            .hint("mend them in its definition and import that again; a literal quote is written `\\'` or `\\\"`"))
    }

    /// Text of the template, unchanged in the script and for display.
    fn copy(&mut self, text: &str) {
        self.script.push_str(text);
        self.display.push_str(text);
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn single<'a>(&mut self, next: char, rest: &'a str) -> &'a str {
        self.copy(next.encode_utf8(&mut [0; 4]));
        if next == '\'' {
            self.places.pop();
        } else {
            self.push(next);
        }
        rest
    }

    fn double<'a>(&mut self, next: char, rest: &'a str) -> &'a str {
        match next {
            '"' => {
                self.copy("\"");
                self.places.pop();
                rest
            }
            '$' | '`' => self.shell_character(next, rest),
            _ => {
                self.copy(next.encode_utf8(&mut [0; 4]));
                self.push(next);
                rest
            }
        }
    }

    fn backslash<'a>(&mut self, rest: &'a str) -> &'a str {
        let Some(next) = rest.chars().next() else {
            self.copy("\\\\");
            self.push('\\');
            return rest;
        };
        if !self.is_bare() && !matches!(next, '$' | '`' | '"' | '\\' | '\n') {
            // A backslash that escapes nothing is doubled, lest it escape what a macro after it becomes.
            self.script.push_str("\\\\");
            self.display.push('\\');
            self.push('\\');
            return rest;
        }
        // An escaped macro is escaped as a whole.
        let length = self.macro_at(rest).map_or(next.len_utf8(), |(_, length)| length);
        let (escaped, after) = rest.split_at(length);
        self.copy("\\");
        self.copy(escaped);
        if next != '\n' {
            self.word.get_or_insert_default().push_str(escaped);
        }
        after
    }

    fn unquoted<'a>(&mut self, next: char, rest: &'a str) -> &'a str {
        match next {
            // Within `"${…}"` a single quote is a character.
            '"' | '\'' if next == '"' || self.is_bare() => {
                self.copy(next.encode_utf8(&mut [0; 4]));
                self.places.push(if next == '"' { Place::Double } else { Place::Single });
                self.word.get_or_insert_default();
                rest
            }
            ' ' | '\t' => {
                self.bare(next);
                rest
            }
            // These two mean something only where a word begins.
            '#' | '~' if self.word.is_some() => {
                self.copy(next.encode_utf8(&mut [0; 4]));
                self.push(next);
                rest
            }
            '#' => {
                // What stands in a comment is no quote and no macro.
                self.needs_shell = true;
                let (comment, after) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
                self.copy("#");
                self.copy(comment);
                after
            }
            '|' | '&' | ';' | '<' | '>' | '$' | '`' | '*' | '?' | '[' | ']' | '(' | ')' | '~' | '\n' => {
                self.shell_character(next, rest)
            }
            '}' if matches!(self.place(), Place::Braces { .. }) => {
                self.copy("}");
                self.places.pop();
                rest
            }
            _ => {
                self.copy(next.encode_utf8(&mut [0; 4]));
                self.push(next);
                rest
            }
        }
    }

    /// A character that only a shell understands, and what it opens or closes.
    fn shell_character<'a>(&mut self, next: char, rest: &'a str) -> &'a str {
        self.needs_shell = true;
        let double = !self.is_bare();
        // The dollar in front of a macro is a dollar, not the beginning of an expansion of the value.
        if next == '$' && self.macro_at(rest).is_some() {
            self.copy("\\$");
            return rest;
        }
        for (opening, place) in [("((", Place::Arithmetic), ("(", Place::Brackets), ("{", Place::Braces { double })] {
            if next == '$' && rest.starts_with(opening) {
                self.copy("$");
                self.copy(opening);
                self.places.push(place);
                return &rest[opening.len()..];
            }
        }
        self.copy(next.encode_utf8(&mut [0; 4]));
        match next {
            '(' => self.places.push(Place::Brackets),
            ')' if self.place() == Place::Arithmetic => {
                self.places.pop();
                if let Some(after) = rest.strip_prefix(')') {
                    self.copy(")");
                    return after;
                }
            }
            ')' if self.place() == Place::Brackets => drop(self.places.pop()),
            '`' if self.place() == Place::Backticks => drop(self.places.pop()),
            '`' => self.places.push(Place::Backticks),
            _ => {}
        }
        // Only to tell a comment from a `#` within a word: a shell splits the words now.
        if matches!(next, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '\n') {
            self.word = None;
        } else {
            self.push(next);
        }
        rest
    }

    /// A blank between words.
    fn bare(&mut self, blank: char) {
        self.copy(blank.encode_utf8(&mut [0; 4]));
        self.words.extend(self.word.take());
    }

    /// The value of a field, in the place of its macro.
    fn put(&mut self, field: &Field) -> Result<()> {
        let value = field.effective().unwrap_or_default();
        if value.contains('\0') {
            return Err(Error::refused(format!(
                "the value of {} holds a NUL byte, which no argument can hold",
                field.code
            ))
            .hint("set another value"));
        }
        if self.place() == Place::Arithmetic {
            return Err(Error::refused(format!(
                "the macro {{{}}} stands in `$((…))`, where a shell would calculate with it",
                field.code
            ))
            .hint("calculate in the program, or assign the macro to a variable first"));
        }
        if SHELL_VARIABLES.contains(&field.code.as_str()) {
            self.shadowed.get_or_insert_with(|| field.code.clone());
        }
        self.word.get_or_insert_default().push_str(value);
        let reference = format!("${{{}}}", self.variable_of(field));
        let hidden = field.is_secret() && !value.is_empty();
        // Without a shell the value would stand in our own children's argv, and in a pod's spec. A guess by the name is not
        // worth that a job fails whose image has no shell.
        self.needs_shell |= hidden && looks_secret(field.secret, &field.kind);
        let (script, shown) = match self.place() {
            Place::Single => (format!("'\"{reference}\"'"), quote_single(value)),
            _ if self.is_bare() => (format!("\"{reference}\""), quote_word(value)),
            _ => (reference, quote_double(value)),
        };
        self.script.push_str(&script);
        self.display.push_str(if hidden { MASK } else { &shown });
        Ok(())
    }

    /// The variable by which a shell gets the value of a field.
    fn variable_of(&mut self, field: &Field) -> String {
        if super::environment::is_name(&field.code) {
            return field.code.clone();
        }
        let known = self.aliases.iter().position(|(_, code)| *code == field.code);
        let at = known.unwrap_or_else(|| {
            self.aliases.push((format!("MULTIFLEXI_MACRO_{}", self.aliases.len()), field.code.clone()));
            self.aliases.len() - 1
        });
        self.aliases[at].0.clone()
    }

    fn finish(mut self) -> Result<CommandLine> {
        self.words.extend(self.word.take());
        let first = self.words.first().map(String::as_str).unwrap_or_default();
        let assigns = first.split_once('=').is_some_and(|(name, _)| super::environment::is_name(name));
        let shell = self.needs_shell || assigns || SHELL_WORDS.contains(&first);
        if !shell {
            return Ok(CommandLine { argv: self.words, shell, display: self.display, aliases: Vec::new() });
        }
        if let Some(name) = self.shadowed {
            return Err(Error::refused(format!(
                "the parameters need a shell, and a shell sets the variable {name} itself"
            ))
            .hint("give the variable another name, or write the parameters without shell characters"));
        }
        let argv = vec!["/bin/sh".into(), "-c".into(), self.script];
        Ok(CommandLine { argv, shell, display: self.display, aliases: self.aliases })
    }
}

#[cfg(test)]
#[path = "command_line_tests.rs"]
mod tests;
