//! A place of its own for each test: home, environment, database; and what a command printed, as one value.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    MariaDb,
    Postgres,
}

/// Runs a test on each of the databases: `on_each_database!(name, |env| { … })` makes three tests.
macro_rules! on_each_database {
    ($(#[$meta:meta])* $name:ident, |$env:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            $(#[$meta])*
            fn body($env: &$crate::env::Env) $body
            #[test]
            fn sqlite() {
                body(&$crate::env::Env::new());
            }
            $crate::env::body_on_servers!();
        }
    };
}
pub(crate) use on_each_database;

/// As [`on_each_database`], for what only a server can do: a SQLite file is not far away, and has no clock of its own.
macro_rules! on_each_server {
    ($name:ident, |$env:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            fn body($env: &mut $crate::env::Env) $body
            $crate::env::body_on_servers!();
        }
    };
}
pub(crate) use on_each_server;

/// A test of the function `body` on each server.
macro_rules! body_on_servers {
    () => {
        #[needs::needs(mariadb)]
        #[test]
        fn mariadb() {
            body(&mut $crate::env::Env::on($crate::env::Server::MariaDb, module_path!()));
        }
        #[needs::needs(postgres)]
        #[test]
        fn postgres() {
            body(&mut $crate::env::Env::on($crate::env::Server::Postgres, module_path!()));
        }
    };
}
pub(crate) use body_on_servers;

pub struct Env {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Env {
    /// A new home with the embedded database, which the first command creates.
    pub fn new() -> Env {
        Env::at(tempfile::tempdir().unwrap())
    }

    /// The same, with this home.
    pub fn at(home: TempDir) -> Env {
        Env { home, variables: Vec::new() }
    }

    /// The same on a server that `tests/run` started, in a new database with a complete schema.
    pub fn on(server: Server, test: &str) -> Env {
        let name = match server {
            Server::MariaDb => "mariadb",
            Server::Postgres => "postgres",
        };
        // Without MFX_SERVERS_HOME the script would start a server of its own, which nobody stops.
        must_be_up(name);
        let database: String = test.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        // A name has 48 characters at most; what tells tests apart stands at the end.
        let database = format!("t{}", &database[database.len().saturating_sub(47)..]).to_lowercase();
        let script = root().join(format!("tests/servers/{name}.sh"));
        let made = Command::new(script).args(["env", &database]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let text = String::from_utf8(made.stdout).unwrap();
        let words = text.split_whitespace().filter_map(|word| word.split_once('='));
        let variables = words.filter(|(key, _)| key.starts_with("DB_")).map(|(k, v)| (k.into(), v.into())).collect();
        let env = Env { home: tempfile::tempdir().unwrap(), variables };
        env.run(&["database", "migrate"]).ok();
        env
    }

    /// A new home in which Podman jobs run, in the tests' own store.
    pub fn on_podman() -> Env {
        must_be_up("podman");
        let mut env = Env::new();
        let home = PathBuf::from(std::env::var("MFX_SERVERS_HOME").unwrap()).join("podman");
        for (key, file) in [("CONTAINERS_CONF", "containers.conf"), ("CONTAINERS_STORAGE_CONF", "storage.conf")] {
            env.set(key, home.join(file).to_str().unwrap());
        }
        env
    }

    /// A new home in which Kubernetes jobs run on the tests' cluster.
    pub fn on_cluster() -> Env {
        assert!(std::env::var_os("MFX_TEST_CLUSTER").is_some(), "there is no cluster: `tests/run` starts one");
        let mut env = Env::new();
        env.set("KUBECONFIG", &std::env::var("KUBECONFIG").unwrap());
        env
    }

    pub fn set(&mut self, key: &str, value: &str) {
        self.variables.retain(|(known, _)| known != key);
        self.variables.push((key.into(), value.into()));
    }

    /// A variable that the command is not to see.
    pub fn unset(&mut self, key: &str) {
        self.variables.retain(|(known, _)| known != key);
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file in the home and tells its path.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The same of any bytes.
    pub fn file_of_bytes(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The database's own client, which takes SQL on its stdin.
    pub fn client(&self) -> Command {
        let value = |key: &str| self.variable(key).unwrap_or_default();
        let mut command = match value("DB_CONNECTION") {
            "mysql" => {
                let mut command = Command::new("mariadb");
                command.args(["--no-defaults", "--batch", "--skip-column-names", "-h", value("DB_HOST")]);
                // Or else what the locale says, and without one Latin-1.
                command.arg("--default-character-set=utf8mb4");
                command.args(["-P", value("DB_PORT"), "-u", value("DB_USERNAME"), value("DB_DATABASE")]);
                command.env("MYSQL_PWD", value("DB_PASSWORD"));
                command
            }
            "pgsql" => {
                let mut command = Command::new("psql");
                command.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", value("DB_HOST")]);
                command.args(["-p", value("DB_PORT"), "-U", value("DB_USERNAME"), "-d", value("DB_DATABASE")]);
                command.env("PGPASSWORD", value("DB_PASSWORD"));
                command
            }
            _ => {
                let mut command = Command::new("sqlite3");
                let file = self.variable("DB_DATABASE").map_or_else(|| self.database(), PathBuf::from);
                command.args(["-bail", "-cmd", ".timeout 20000"]).arg(file);
                command
            }
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs SQL by the database's own client and tells what that printed.
    pub fn sql(&self, sql: &str) -> String {
        let mut child = self.client().spawn().unwrap();
        // Over stdin, since an argument has no room for a file.
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), sql.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A job's environment as it is stored, with the NULs that no client shows.
    pub fn stored_environment(&self, id: &str) -> String {
        let hex = if self.is_postgres() { "encode(convert_to(env, 'UTF8'), 'hex')" } else { "hex(env)" };
        let digits = self.sql(&format!("select {hex} from job where id = {id}")).trim().to_owned();
        let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    }

    /// Stores another one.
    pub fn store_environment(&self, id: &str, text: &str) {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let value = match self.variable("DB_CONNECTION") {
            Some("pgsql") => format!("convert_from('\\x{digits}', 'UTF8')"),
            Some("mysql") => format!("convert(x'{digits}' using utf8mb4)"),
            _ => format!("cast(x'{digits}' as text)"),
        };
        self.sql(&format!("update job set env = {value} where id = {id};"));
    }

    /// What stands around a name that is a keyword.
    pub fn quote(&self) -> &'static str {
        if self.variable("DB_CONNECTION") == Some("mysql") { "`" } else { "\"" }
    }

    pub fn is_postgres(&self) -> bool {
        self.variable("DB_CONNECTION") == Some("pgsql")
    }

    /// The value of a variable that the command is to see.
    pub fn variable(&self, key: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A user of the server who may only read this database, and whose password is `x`; the server's own words say by `limit` how
    /// often that user may connect.
    pub fn reader(&self, limit: &str) -> String {
        let database = self.variable("DB_DATABASE").unwrap();
        let user = format!("r{}", &database[database.len().saturating_sub(30)..]);
        if self.is_postgres() {
            self.sql(&format!(
                "DO $$ BEGIN EXECUTE 'DROP OWNED BY {user}'; EXCEPTION WHEN undefined_object THEN NULL; END $$; \
                 DROP ROLE IF EXISTS {user}; CREATE ROLE {user} LOGIN PASSWORD 'x' {limit}; \
                 GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user};"
            ));
        } else {
            let grant = format!("GRANT SELECT ON {database}.* TO '{user}'@'127.0.0.1' IDENTIFIED BY 'x' {limit};");
            let socket = std::env::var("MFX_SERVERS_HOME").unwrap() + "/mariadb/socket";
            let me = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
            let mut admin = Command::new("mariadb");
            admin.args(["--no-defaults", "--protocol=socket", "-S", &socket, "-u", me.trim(), "-e", &grant]);
            let output = admin.output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        user
    }

    /// The path of the embedded database.
    pub fn database(&self) -> PathBuf {
        self.path().join("data/multiflexi/multiflexi.sqlite3")
    }

    /// The command, in the test's own environment and nothing else.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_multiflexi-cli"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap())
            .env("HOME", self.path())
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("MULTIFLEXI_TIMEZONE", "UTC")
            .envs(self.variables.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null());
        command
    }

    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap().into()
    }

    /// What eight of one command say that run at the same moment; `NUMBER` in its arguments is each one's own.
    pub fn eight_at_once(&self, arguments: &[&str]) -> Vec<Output> {
        let spawn = |number: usize| {
            let arguments: Vec<_> = arguments.iter().map(|word| word.replace("NUMBER", &number.to_string())).collect();
            let mut command = self.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let running: Vec<_> = (0..8).map(spawn).collect();
        running.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect()
    }

    /// `script`, which runs a command on a terminal of its own, after what the shell is to do there first.
    fn script(&self, first: &str, arguments: &[&str]) -> Command {
        let ours = self.command(arguments);
        let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"));
        let words: Vec<_> = std::iter::once(ours.get_program()).chain(ours.get_args()).map(quoted).collect();
        let mut command = Command::new("script");
        let line = format!("{first}{}", words.join(" "));
        command.args(["-q", "-e", "-c", &line, "/dev/null"]).current_dir(self.path()).env_clear();
        command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?)))).env("SHELL", "/bin/sh");
        command
    }

    /// Runs a command on a terminal of its own, with this typed: what the terminal got, both streams in one.
    pub fn on_terminal(&self, arguments: &[&str], typed: &str) -> Output {
        let mut command = self.script("", arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), typed.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// The same on a terminal of so many columns, whose locale has all letters: what it got, line by line.
    pub fn screen(&self, columns: usize, arguments: &[&str]) -> Vec<String> {
        let mut command = self.script(&format!("stty cols {columns} rows 40; "), arguments);
        for (key, value) in [("LANG", "C.UTF-8"), ("TERM", "xterm"), ("NO_COLOR", "1")] {
            // What the test itself says counts.
            if self.variable(key).is_none() {
                command.env(key, value);
            }
        }
        let output: Output = command.stdin(Stdio::null()).output().unwrap().into();
        output.ok().stdout.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
    }

    /// Runs a command with `--format=json` and reads what it printed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format=json"]).collect();
        self.run(&arguments).ok().json()
    }

    /// The same of a command that ends with another code.
    pub fn json_of(&self, arguments: &[&str], code: i32) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format=json"]).collect();
        self.run(&arguments).exits(code).json()
    }

    /// An application that runs this shell script, a company, and a runtemplate of an executor; all have the id 1.
    pub fn prepare(&self, executor: &str, script: &str, kubernetes: Value) {
        self.import(script, kubernetes);
        self.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
        let executor = format!("--executor={executor}");
        self.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", &executor]).ok();
    }

    /// Imports an application that runs a shell script.
    pub fn import(&self, script: &str, kubernetes: Value) {
        let mut definition = definition("Test");
        set_script(&mut definition, script);
        if !kubernetes.is_null() {
            definition["kubernetes"] = kubernetes;
        }
        self.import_definition(&definition).ok();
    }

    /// Imports an application by its definition.
    pub fn import_definition(&self, definition: &Value) -> Output {
        let file = self.file("test.multiflexi.app.json", &definition.to_string());
        self.run(&["application", "import-json", "--file", file.to_str().unwrap()])
    }

    /// Makes a job of runtemplate 1 and tells its id.
    pub fn schedule(&self) -> String {
        self.json(&["runtemplate", "schedule", "--id=1"])["job_id"].to_string()
    }

    /// Makes a job, runs it, and tells what that printed and what the job's record says.
    pub fn run_job(&self, options: &[&str]) -> (Output, Value) {
        let id = format!("--id={}", self.schedule());
        let arguments: Vec<&str> = ["job", "run", &id].iter().chain(options).copied().collect();
        let output = self.run(&arguments);
        (output, self.json(&["job", "get", &id]))
    }
}

/// Nothing listens there. The number of a port that was free a moment ago may be another test's by now.
pub const NOWHERE: &str = "127.0.0.1:9";

// The tests are compiled anew when one of these changes: `needs` asks for them.
const _: [Option<&str>; 4] = [
    option_env!("MFX_TEST_SERVERS"),
    option_env!("MFX_TEST_CLUSTER"),
    option_env!("MFX_TEST_KUBERNETES"),
    option_env!("MFX_TEST_REQUIRE"),
];

/// `tests/run` has started this server; a test that is to run without it is told so.
#[track_caller]
fn must_be_up(name: &str) {
    let there = std::env::var("MFX_SERVERS_HOME").and_then(|_| std::env::var("MFX_TEST_SERVERS")).unwrap_or_default();
    assert!(there.split_whitespace().any(|word| word == name), "there is no {name}: `tests/run` starts one");
}

/// The smallest definition that is valid.
pub fn definition(name: &str) -> Value {
    serde_json::json!({
        "$schema": "https://multiflexi.eu/schema/application.json",
        "name": name,
        "description": "Of a test",
        "executable": "/bin/true",
        "homepage": "https://example.org/",
        "uuid": "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11",
        "version": "1.0.0",
        "ociimage": "localhost/mfx-shell:1",
        "environment": {},
    })
}

/// Makes an application's definition run a shell script.
pub fn set_script(definition: &mut Value, script: &str) {
    definition["executable"] = "/bin/sh".into();
    definition["cmdparams"] = format!("-c '{}'", script.replace('\'', r"'\''")).into();
}

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Output {
        Output {
            // A job's bytes go to the terminal as they are.
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

impl Output {
    /// The command succeeded; its stdout follows.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|cause| panic!("{cause}: {self:#?}"))
    }

    /// The command was refused with this code: words on stderr and nothing on stdout.
    #[track_caller]
    pub fn refused(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        assert!(self.stderr.contains(words), "no {words:?} in {self:#?}");
        self
    }
}
