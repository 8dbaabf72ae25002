//! A terminal that a test types into and reads from, by `script`.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::env::Env;

pub struct Pty {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
}

impl Pty {
    /// A terminal in which a shell's line runs, with the variables of our own commands and these.
    pub fn start(env: &Env, line: &str, variables: &[(&str, &str)]) -> Pty {
        let ours = env.command(&[]);
        let mut command = Command::new("script");
        command.args(["-q", "-c", line, "/dev/null"]).current_dir(env.path()).env_clear().env("SHELL", "/bin/sh");
        command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?)))).envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Pty { child, keys, screen, shown: Vec::new() }
    }

    pub fn type_in(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads until the screen has shown these words.
    #[track_caller]
    pub fn read_until(&mut self, words: &str) {
        let mut piece = [0; 256];
        while !String::from_utf8_lossy(&self.shown).contains(words) {
            let read = self.screen.read(&mut piece).unwrap();
            assert_ne!(read, 0, "{}", String::from_utf8_lossy(&self.shown));
            self.shown.extend_from_slice(&piece[..read]);
        }
    }

    /// Ends what runs there, if it still does, and tells all that was shown.
    pub fn end(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}
