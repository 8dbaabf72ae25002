//! The registry and the chart repository that run with the cluster; and the image of a job, pulled from there.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use needs::needs;
use serde_json::{Value, json};

use super::{Place, not_run, outside, tools};
use crate::env::{Output, root};

/// What `tests/cluster/registry.sh` started.
pub struct Registry {
    folder: PathBuf,
}

impl Registry {
    pub fn new() -> Registry {
        Registry { folder: tools().parent().unwrap().join("registry") }
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap().trim().to_owned()
    }

    /// HOST:PORT
    pub fn host(&self) -> String {
        self.read("host")
    }

    /// Of the static chart repository.
    pub fn charts_url(&self) -> String {
        self.read("charts-url")
    }

    /// What the static chart repository serves.
    pub fn charts(&self) -> PathBuf {
        self.folder.join("charts")
    }

    pub fn password(&self) -> String {
        self.read("password")
    }

    /// The file of the authority that nobody knows.
    pub fn ca(&self) -> String {
        self.folder.join("ca.crt").to_str().unwrap().to_owned()
    }

    /// Puts an image with a shell there; its name with the digest.
    fn push_image(&self, name: &str) -> String {
        let script = root().join("tests/cluster/cluster");
        let mut command = Command::new(script);
        command.args(["push", name]).env("MFX_CLUSTER_HOME", tools().parent().unwrap());
        Output::from(command.stdin(Stdio::null()).output().unwrap()).ok().stdout.trim().to_owned()
    }
}

/// Runs helm as the user whose jobs run in this place.
#[track_caller]
pub fn helm(place: &Place, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(tools().join("helm"));
    command.args(arguments).env("HOME", place.env.path()).current_dir(place.env.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Output::from(child.wait_with_output().unwrap()).ok()
}

/// A Secret `login` for the registry, in the namespace.
pub fn pull_secret(place: &Place, registry: &Registry) {
    let (host, password) = (registry.host(), registry.password());
    let login = json!({"auths": {host: {"username": "tester", "password": password}}});
    let data = json!({".dockerconfigjson": login.to_string()});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"},
        "type": "kubernetes.io/dockerconfigjson", "stringData": data});
    place.apply(&secret.to_string());
}

/// Runs a job of this image, with the Secret or without.
fn run_image(place: &Place, image: &str, secret: bool) -> (Output, Value) {
    place.import_with(|definition| {
        crate::env::set_script(definition, "echo ran");
        definition["ociimage"] = image.into();
        if secret {
            definition["kubernetes"]["podOverrides"] = json!({"spec": {"imagePullSecrets": [{"name": "login"}]}});
        }
    });
    place.env.run_job(&[])
}

#[track_caller]
fn ran((output, record): &(Output, Value)) {
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
}

#[needs(cluster, root)]
#[test]
fn an_image_of_a_registry_comes_with_its_login_by_tag_and_by_digest() {
    let (place, registry) = (Place::new(), Registry::new());
    place.prepare("", json!(null));
    let name = format!("{}/app", place.namespace);
    let digest = registry.push_image(&format!("{name}:1"));
    let image = format!("{}/{name}:1", registry.host());
    not_run(&run_image(&place, &image, false), "ImagePull", &[&image, "imagePullSecrets"]);
    pull_secret(&place, &registry);
    ran(&run_image(&place, &image, true));
    assert!(digest.contains("@sha256:"), "{digest}");
    ran(&run_image(&place, &digest, true));
    place.nothing_is_left();
}

#[needs(cluster, root)]
#[test]
fn an_image_s_tag_that_comes_later_is_there_for_the_next_job() {
    let (place, registry) = (Place::new(), Registry::new());
    place.prepare("", json!(null));
    pull_secret(&place, &registry);
    let name = format!("{}/app", place.namespace);
    let image = format!("{}/{name}:2", registry.host());
    not_run(&run_image(&place, &image, true), "ImagePull", &[&image, "not found", "tag"]);
    registry.push_image(&format!("{name}:2"));
    ran(&place.env.run_job(&[]));
    place.nothing_is_left();
}

/// The pod of a chart whose image is not there yet.
const DEPLOYMENT: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: later}
spec:
  selector: {matchLabels: {app: later}}
  template:
    metadata: {labels: {app: later}}
    spec:
      terminationGracePeriodSeconds: 1
      imagePullSecrets: [{name: login}]
      containers: [{name: later, image: "{{ .Values.repository }}:{{ .Values.tag }}", command: [sleep, "2147483647"]}]
"#;

#[needs(cluster, root)]
#[test]
fn a_chart_s_image_is_told_and_waited_for() {
    let (place, registry) = (Place::new(), Registry::new());
    pull_secret(&place, &registry);
    let (name, host) = (format!("{}/service", place.namespace), registry.host());
    place.chart(&[("deployment", DEPLOYMENT)]);
    let set = json!({"repository": format!("{host}/{name}"), "tag": "nosuch"});
    let kubernetes = |seconds: u32| super::release::with_chart(&place, json!({"set": set, "timeoutSeconds": seconds}));
    place.prepare("echo ran", kubernetes(20));
    let words = [&format!("{host}/{name}:nosuch"), "kubernetes.helm.set"];
    not_run(&place.env.run_job(&[]), "HelmNotReady", &words.map(|word: &str| word));
    place.import_with(|definition| {
        crate::env::set_script(definition, "echo ran");
        definition["kubernetes"] = kubernetes(300);
    });
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    // The kubelet waits with the next try by now.
    let waiting = ["get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}"];
    crate::job::wait_until(|| place.kubectl(&waiting).stdout.contains("ImagePullBackOff"));
    registry.push_image(&format!("{name}:nosuch"));
    let output: Output = job.wait_with_output().unwrap().into();
    ran(&(output, place.record(&id)));
    outside("helm", &["-n", &place.namespace, "status", "test"]).ok();
}
