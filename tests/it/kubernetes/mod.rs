//! Kubernetes jobs on a real cluster: a namespace for each test, and what it is asked about.
//!
//! Nothing here may disturb the other tests of the cluster: what concerns the whole node is left alone, and a namespace is
//! deleted at the end without waiting for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex};

use serde_json::{Value, json};

use crate::env::{Env, Output, definition, root, set_script};

mod another_name;
mod artifact;
mod artifact_kinds;
mod artifact_pattern;
mod before_it_began;
mod cancel;
mod cancel_fails;
mod cancelled_fetch;
mod cancelled_take_over;
mod chart;
mod cluster;
mod connection;
mod doctor;
mod drain;
mod early_pod;
mod elsewhere;
mod ended_meanwhile;
mod ending;
mod faults;
mod files;
mod foreign_words;
mod front;
mod interrupt;
mod kept;
mod killed;
mod kubeconfig;
mod large_environment;
mod late_end;
mod lease;
mod lost;
mod node;
mod node_shutdown;
mod out_of_sight;
mod output;
mod overrides;
mod overrides_layers;
mod own_cluster;
mod own_rules;
mod plain;
mod pod;
mod pod_security;
mod pod_watch;
mod pull;
mod recorder_image;
mod registry;
mod registry_chart;
mod release;
mod release_busy;
mod release_state;
mod replaced_pod;
mod rights;
mod second_signal;
mod secret;
mod secret_name;
mod several_pods;
mod stages;
mod stub;
mod sweep;
mod take_over;
mod tampering;
mod values;
mod values_refused;
mod versions;
mod waits;
mod walkthrough;

/// So many tests use the cluster at once: its node is this machine, which may have two cores.
const PLACES: usize = 4;
static FREE: Mutex<usize> = Mutex::new(PLACES);
static FREED: Condvar = Condvar::new();

/// The pods that `job run` makes.
const OURS: &str = "-lapp.kubernetes.io/managed-by=multiflexi-cli";

/// One of the places on the cluster; free again when it is dropped.
struct Permit;

impl Permit {
    fn take() -> Permit {
        let mut free = FREED.wait_while(FREE.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Permit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *FREE.lock().unwrap() += 1;
        FREED.notify_one();
    }
}

/// A test on the cluster: `on_cluster!(name, |place| { … })`; ignored where there is none.
macro_rules! on_cluster {
    ($(#[$meta:meta])* $name:ident, |$place:pat_param| $body:block) => {
        $(#[$meta])*
        #[needs::needs(cluster)]
        #[test]
        fn $name() {
            let $place = $crate::kubernetes::Place::new();
            $body
        }
    };
}
pub(crate) use on_cluster;

/// In a script: it goes on once the test has [told](Place::tell) it to. A sleep in its place is over too soon on a machine on
/// which everything runs at once, and too late on every other.
macro_rules! until_told {
    () => {
        "until [ -e /tmp/told ]; do sleep 0.2; done"
    };
}
pub(crate) use until_told;

/// A home and a namespace for one test.
pub struct Place {
    pub env: Env,
    pub namespace: String,
    _permit: Permit,
}

/// Kills a runner.
pub fn kill(mut runner: Child) {
    runner.kill().unwrap();
    runner.wait().unwrap();
}

impl Place {
    pub fn new() -> Place {
        let place = Place::without_namespace();
        place.create("namespace", &place.namespace);
        // The server refuses pods until the controller has made this; up to 1.23 with a token.
        let path = if server_is(24) { "jsonpath={.metadata.name}" } else { "jsonpath={.secrets[0].name}" };
        let account = ["get", "serviceaccount", "default", "--ignore-not-found", "-o", path];
        crate::job::wait_until(|| !place.kubectl(&account).stdout.is_empty());
        place
    }

    /// The same, but the namespace is only a name.
    pub fn without_namespace() -> Place {
        let env = Env::on_cluster();
        let unique = env.path().file_name().unwrap().to_str().unwrap();
        let unique: String = unique.chars().filter(char::is_ascii_alphanumeric).collect();
        // The temporary folder's name is case-sensitive, a namespace's is not.
        let namespace = format!("t-{}-{}", unique.to_lowercase(), std::process::id());
        Place { env, namespace, _permit: Permit::take() }
    }

    /// Imports a shell script as an application that runs in this namespace; company and runtemplate with it.
    pub fn prepare(&self, script: &str, kubernetes: Value) {
        self.prepare_with(|definition| {
            set_script(definition, script);
            if !kubernetes.is_null() {
                definition["kubernetes"] = kubernetes;
            }
        });
    }

    /// The same with any definition.
    pub fn prepare_with(&self, change: impl FnOnce(&mut Value)) {
        self.import_with(change);
        self.env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
        let arguments = ["--app_id=1", "--company_id=1", "--name=Test", "--executor=Kubernetes"];
        self.env.run(&[&["runtemplate", "create"], &arguments[..]].concat()).ok();
    }

    /// Imports the tests' application, changed, and set up for this namespace.
    pub fn import_with(&self, change: impl FnOnce(&mut Value)) {
        let mut definition = definition("Test");
        change(&mut definition);
        let helm = &mut definition["kubernetes"]["helm"];
        if helm.is_null() {
            *helm = json!({"enabled": false});
        }
        if helm["namespace"].is_null() {
            helm["namespace"] = self.namespace.as_str().into();
        }
        let file = self.env.file("test.multiflexi.app.json", &definition.to_string());
        self.env.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok();
    }

    /// Imports a script, runs it as a job, and tells what that printed and what the record says.
    pub fn run(&self, script: &str, kubernetes: Value, options: &[&str]) -> (Output, Value) {
        self.prepare(script, kubernetes);
        self.env.run_job(options)
    }

    pub fn record(&self, id: &str) -> Value {
        self.env.json(&["job", "get", &format!("--id={id}")])
    }

    /// Starts `job run` of a job and does not wait for it.
    pub fn start(&self, id: &str, options: &[&str]) -> Child {
        let id = format!("--id={id}");
        let arguments: Vec<&str> = ["job", "run", &id].iter().chain(options).copied().collect();
        let mut command = self.env.command(&arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts a job of this script, and waits until its record holds the script's first words. Its id, and its runner.
    pub fn begun(&self, script: &str, stdout: &str, stderr: &str) -> (String, Child) {
        self.prepare(script, json!(null));
        let id = self.env.schedule();
        let job = self.start(&id, &[]);
        self.wait_for_output(&id, stdout, stderr);
        (id, job)
    }

    /// Waits until a job's record holds this. The streams come on their own: one of them is there before the other.
    #[track_caller]
    pub fn wait_for_output(&self, id: &str, stdout: &str, stderr: &str) {
        crate::job::wait_until(|| {
            let record = self.record(id);
            record["stdout"] == stdout && record["stderr"] == stderr
        });
    }

    /// Waits until the recorder's folder in the pod holds this file: `go` once the program was let go, `rc` once it ended.
    #[track_caller]
    pub fn wait_for_file(&self, pod: &str, file: &str) {
        // Waited for inside: a call of kubectl is dear.
        let script = format!(
            "PATH=$PATH:/.multiflexi/bin; i=0; until [ -e /.multiflexi/{file} ]; do [ $i -lt 50 ] || exit 1; sleep 0.2; i=$((i+1)); done"
        );
        // The application's own shell, or one that was lent to it.
        let is_there = |shell: &str| self.kubectl(&["exec", pod, "--", shell, "-c", &script]).code == 0;
        crate::job::wait_until(|| ["/bin/sh", "/.multiflexi/bin/sh"].into_iter().any(is_there));
    }

    /// Waits until the container of the only pod is over.
    #[track_caller]
    pub fn wait_for_end(&self) {
        crate::job::wait_until(|| {
            let phase = self.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].status.phase}"]).ok().stdout;
            matches!(phase.as_str(), "Failed" | "Succeeded")
        });
    }

    /// Has the program of a pod go on that waits until it is told to.
    #[track_caller]
    pub fn tell(&self, pod: &str) {
        self.kubectl(&["exec", pod, "--", "/bin/sh", "-c", ": >/tmp/told"]).ok();
    }

    /// Runs a job whose runner was killed while its program waits; that is told to go on once it has its new runner.
    #[track_caller]
    pub fn take_over(&self, id: &str) -> Output {
        let pod = self.pods().remove(0);
        let runner = self.start(id, &[]);
        crate::job::wait_until(|| self.record(id)["pid"] == runner.id());
        self.tell(&pod);
        runner.wait_with_output().unwrap().into()
    }

    /// Starts `job run` of a job, and waits until it has stopped itself at a point.
    #[track_caller]
    pub fn pauses_at(&self, id: &str, point: &str) -> Child {
        crate::crash::pauses_at(self.env.command(&["job", "run", &format!("--id={id}")]), point)
    }

    /// Writes a chart of these templates into the home and tells its folder.
    pub fn chart(&self, templates: &[(&str, &str)]) -> PathBuf {
        let chart = "apiVersion: v2\nname: test\ndescription: Of a test\nversion: 1.0.0\n";
        let file = self.env.file("chart/Chart.yaml", chart);
        for (name, content) in templates {
            self.env.file(&format!("chart/templates/{name}.yaml"), content);
        }
        file.parent().unwrap().to_owned()
    }

    /// How a command that is suggested names the kubeconfig that jobs here use.
    pub fn kubeconfig_option(&self) -> String {
        format!("--kubeconfig={}", self.env.variable("KUBECONFIG").unwrap())
    }

    /// Asks kubectl, as the administrator and straight, whatever this place's environment breaks.
    pub fn kubectl(&self, arguments: &[&str]) -> Output {
        outside("kubectl", &[&["-n", &self.namespace], arguments].concat())
    }

    pub fn helm(&self, arguments: &[&str]) -> Output {
        outside("helm", &[&["-n", &self.namespace], arguments].concat())
    }

    pub fn create(&self, kind: &str, name: &str) {
        self.kubectl(&["create", kind, name]).ok();
    }

    /// Creates what this YAML describes in the namespace.
    pub fn apply(&self, yaml: &str) {
        let file = self.env.file("apply.yaml", yaml);
        self.kubectl(&["apply", "-f", file.to_str().unwrap()]).ok();
    }

    /// Makes a priority class of the namespace's name, above that of all other pods.
    pub fn create_priority_class(&self) {
        let name = &self.namespace;
        self.apply(&format!(
            "{{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {{name: {name}}}, value: 1000, description: a test}}"
        ));
    }

    /// The job pods that nobody has told to go.
    pub fn pods(&self) -> Vec<String> {
        let pods: Value = self.kubectl(&["get", "pods", OURS, "-o", "json"]).ok().json();
        let staying =
            pods["items"].as_array().unwrap().iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        staying.map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Neither pod nor Secret is left behind, but for what is just going.
    #[track_caller]
    pub fn nothing_is_left(&self) {
        assert_eq!(self.pods(), Vec::<String>::new());
        let secrets = || self.kubectl(&["get", "secrets", OURS, "-o", "name"]).ok().stdout;
        let begun = std::time::Instant::now();
        // Nothing tells of a Secret that it is just going.
        while !secrets().is_empty() && begun.elapsed() < std::time::Duration::from_secs(5) {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        assert_eq!(secrets(), "");
    }

    /// A folder in front of PATH where these names lead to other programs of the cluster's.
    pub fn put_first(&mut self, names: &[(&str, &str)]) {
        let folder = self.env.path().join("first");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, program) in names {
            std::os::unix::fs::symlink(tools().join(program), folder.join(name)).unwrap();
        }
        self.env.set("PATH", &format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    }

    /// A script in front of PATH, in place of a program. One that does a little else than the real one is a [`Stub`](stub::Stub).
    pub fn put_script_first(&mut self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        // Under another name first: one that is being started cannot be written.
        let file = self.env.file(&format!("new/{name}"), script);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir_all(self.env.path().join("first")).unwrap();
        std::fs::rename(file, self.env.path().join("first").join(name)).unwrap();
        self.put_first(&[]);
    }

    /// Uses a copy of the kubeconfig in which one text is another one.
    pub fn change_kubeconfig(&mut self, old: &str, new: &str) {
        let kubeconfig = std::fs::read_to_string(std::env::var("KUBECONFIG").unwrap()).unwrap();
        assert!(kubeconfig.contains(old), "no {old:?} in the kubeconfig");
        let file = self.env.file("kubeconfig", &kubeconfig.replace(old, new));
        self.env.set("KUBECONFIG", file.to_str().unwrap());
    }
}

/// What belongs to no namespace, but has the name of the test's, and goes with it.
const CLUSTER_WIDE: [&str; 4] = ["namespace", "persistentvolume", "priorityclass", "validatingwebhookconfiguration"];

impl Drop for Place {
    fn drop(&mut self) {
        let objects = CLUSTER_WIDE.map(|kind| format!("{kind}/{}", self.namespace));
        let mut delete = Command::new("kubectl");
        delete.args(["delete", "--wait=false", "--ignore-not-found"]).args(objects);
        let deleted = delete.stdin(Stdio::null()).output();
        if !deleted.as_ref().is_ok_and(|output| output.status.success()) {
            eprintln!("the namespace {} could not be deleted: {deleted:?}", self.namespace);
        }
    }
}

/// Runs a program with the environment of the tests themselves.
fn outside(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap().into()
}

/// Where the cluster's own kubectl and helm lie, in all their versions.
fn tools() -> PathBuf {
    Path::new(&std::env::var("MFX_TEST_CLUSTER").unwrap()).join("bin")
}

/// Is the server Kubernetes 1.`minor` or later?
fn server_is(minor: u32) -> bool {
    let version = std::env::var("MFX_TEST_KUBERNETES").unwrap();
    version.split('.').nth(1).unwrap().parse::<u32>().unwrap() >= minor
}

/// HOST:PORT of the API server.
fn server() -> String {
    let kubeconfig = std::fs::read_to_string(std::env::var("KUBECONFIG").unwrap()).unwrap();
    let (_, after) = kubeconfig.split_once("https://").unwrap();
    after.split(['"', ',', '\n', '}']).next().unwrap().to_owned()
}

/// The job could not be run: 125, why in words of the program and of the record, and nothing of a program's output.
#[track_caller]
fn not_run((output, record): &(Output, Value), code: &str, words: &[&str]) {
    assert_eq!((output.code, &record["exitcode"]), (125, &json!(125)), "{output:#?} {record:#}");
    assert!(record["end"].is_string(), "{record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with(&format!("{code}: ")), "not {code}: {output:#?} {record:#}");
    for word in words {
        assert!(reason.contains(word), "no {word:?} in the reason: {reason}");
        assert!(output.stderr.contains(word), "no {word:?} in {output:#?}");
    }
    assert_eq!((output.stdout.as_str(), &record["stdout"]), ("", &json!("")), "{output:#?}");
    assert!(record["stderr"].as_str().unwrap().contains(reason), "{record:#}");
}

/// What is wrong here, whatever the job, is told with a code and these words, first and alone; the job waits.
#[track_caller]
fn waits((output, record): &(Output, Value), code: &str, words: &[&str]) {
    crate::put_back::is_as_before(record, code);
    let told = output.stderr.contains(&format!("{code}: ")) && words.iter().all(|word| output.stderr.contains(word));
    assert!(output.code == 125 && told, "no {words:?} in {output:#?}");
    assert!(!output.stderr.contains("could not be deleted") && output.stdout.is_empty(), "{output:#?}");
}

/// All notices of a record in one text.
fn notices(record: &Value) -> String {
    let list = record["notices"].as_array().cloned().unwrap_or_default();
    list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// The path of the example.
fn probe() -> PathBuf {
    root().join("examples/probe")
}
