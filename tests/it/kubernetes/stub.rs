//! A kubectl or helm of a test's own in front of the real one: at some calls it does something else, any other goes through.

use std::path::Path;

use super::{Place, tools};

/// A kubectl or helm that is being put together; [`install`](Stub::install) puts it in front of PATH.
///
/// Calls are named by their words from the verb on, `*` standing for any text: `run mf-job-*`, `delete * -l`. More words
/// may follow. `|` stands between several calls.
///
/// A script is bash. The call's arguments are `"$@"`, the real program is `"$real"`; the call goes to it where the script
/// does not `exit` or `exec`.
pub struct Stub {
    program: &'static str,
    steps: String,
}

impl Stub {
    pub fn of(program: &'static str) -> Stub {
        Stub { program, steps: String::new() }
    }

    /// Runs this script first at these calls.
    pub fn at(mut self, calls: &str, script: &str) -> Stub {
        // Whole words: a space stands before the first one and behind the last one.
        let quoted = |call: &str| format!("' {} '*", call.replace('*', "'*'"));
        let calls: Vec<String> = calls.split('|').map(quoted).collect();
        self.steps.push_str(&format!("case $call in {})\n{script}\n;; esac\n", calls.join("|")));
        self
    }

    /// These calls fail with these words.
    pub fn fails(self, calls: &str, words: &str) -> Stub {
        self.at(calls, &format!("echo '{words}' >&2; exit 1"))
    }

    /// The first of these calls fails with these words, and touches the file.
    pub fn fails_once(self, calls: &str, words: &str, failed: &Path) -> Stub {
        let failed = failed.display();
        self.at(calls, &format!("[ -e {failed} ] || {{ : >{failed}; echo '{words}' >&2; exit 1; }}"))
    }

    /// Appends the arguments of each call to this file, a line each.
    pub fn logs(self, file: &Path) -> Stub {
        self.at("*", &format!("printf '%s\\n' \"$*\" >>{}", file.display()))
    }

    /// Puts it in front, in the place of one that is there already.
    pub fn install(self, place: &mut Place) {
        let Stub { program, steps } = self;
        let real = tools().join(program);
        // Before the verb stand the kubeconfig, the context and the namespace.
        let script = format!(
            "#!/bin/bash\nreal={}\ncall=\"$*\"\ncall=\" ${{call#*-n * }} \"\n{steps}exec \"$real\" \"$@\"\n",
            real.display()
        );
        place.put_script_first(program, &script);
    }
}

/// In a script: it goes on once this file is there, or the test is over.
pub fn until_there(file: &Path) -> String {
    format!("until [ -e {} ] || [ ! -e \"$0\" ]; do sleep 0.1; done", file.display())
}

#[test]
fn a_call_is_named_by_its_words() {
    let steps = Stub::of("kubectl").at("run mf-job-*|delete * -l", "true").steps;
    assert_eq!(steps, "case $call in ' run mf-job-'*' '*|' delete '*' -l '*)\ntrue\n;; esac\n");
}
