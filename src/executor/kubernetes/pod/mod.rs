//! The job's pod: its name and labels, and the kubectl command that makes it.

pub mod ended_by;
pub mod files;
pub mod overrides;
pub mod removal;
pub mod secret;
pub mod startup;
pub mod sweep;

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::artifacts::select;
use super::kubectl::pod_status::PodState;
use super::settings::Settings;
use super::stream::recorder::{self, Tools};
use crate::executor::{Job, Variable, shell_line};

pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by=multiflexi-cli";
/// Says in the pod's annotations which nonce its recorder was given.
pub const NONCE: &str = "multiflexi.eu/recorder";
/// A value longer than that does not go through kubectl's argv (Linux takes 128 KiB an argument).
const ARGUMENT_MAX: usize = 60 * 1024;
/// All values together that go through argv.
const ARGUMENTS_MAX: usize = 512 * 1024;

/// The pod of one attempt at a job.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Name of the pod, its container and its Secret.
    pub name: String,
    pub nonce: String,
    /// Is the program run by the recorder?
    pub recorded: bool,
    /// Where the recorder's tools are.
    pub tools: Tools,
    /// Is there a Secret of that name?
    pub secret: bool,
}

impl Pod {
    pub fn new(job: i64, recorded: bool, settings: &Settings) -> Pod {
        let tools = if settings.recorder_image.is_some() { Tools::Lent } else { Tools::Image };
        Pod { name: format!("mf-job-{job}-{}", hex(3)), nonce: hex(8), recorded, tools, secret: false }
    }

    /// The pod of an earlier runner. Whether it has a Secret is not known; deleting one that is not there does no harm.
    pub fn found(state: &PodState) -> Pod {
        let nonce = state.metadata.annotations.get(NONCE).cloned();
        let lent = state.spec.init_containers.iter().any(|container| container.name == recorder::LENDER);
        Pod {
            name: state.metadata.name.clone(),
            recorded: nonce.is_some(),
            nonce: nonce.unwrap_or_default(),
            tools: if lent { Tools::Lent } else { Tools::Image },
            secret: true,
        }
    }

    /// The arguments of a `kubectl exec` that runs a script of ours in it.
    pub fn exec<'a>(&'a self, script: &'a str) -> Vec<&'a str> {
        vec!["exec", &self.name, "-c", &self.name, "--", self.tools.shell(), "-c", script]
    }

    /// What is left when nobody cleans up.
    pub fn trace(&self, namespace: &str) -> String {
        format!("its pod {name} in namespace {namespace} may still be there", name = self.name)
    }
}

fn hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    // Without the system's random numbers the time has to do: only accidents are to be kept out.
    if getrandom::fill(&mut random).is_err() {
        let time = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
            .to_le_bytes();
        random.copy_from_slice(&time[..bytes]);
    }
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The label selector of all pods of a job.
pub fn selector(job: &Job) -> String {
    selector_of(job.id, &job.database)
}

/// The argument by which `kubectl run` labels a job's pod.
pub fn label_argument(job: &Job) -> String {
    format!("--labels={}", selector(job))
}

pub fn selector_of(job: i64, database: &str) -> String {
    format!("{MANAGED_BY},multiflexi.eu/job={job},multiflexi.eu/database={database}")
}

/// The job's variables by the way they go into the pod.
pub struct Variables<'a> {
    /// `--env`.
    pub plain: Vec<&'a Variable>,
    /// The Secret.
    pub secret: Vec<Cow<'a, Variable>>,
    /// Neither: Kubernetes does not take such names.
    pub refused: Vec<&'a str>,
}

pub fn sort(job: &Job) -> Variables<'_> {
    let mut sorted = Variables { plain: Vec::new(), secret: Vec::new(), refused: Vec::new() };
    let mut total = 0;
    for variable in &job.environment {
        let name = variable.name.as_str();
        if !is_taken(name) {
            sorted.refused.push(name);
            // Under a name of ours its value can be referred to, and stands in no command line.
            if variable.secret && !variable.value.is_empty() && is_in_command(job, &variable.value) {
                sorted.secret.push(Cow::Owned(Variable { name: stand_in(job, &sorted), ..variable.clone() }));
            }
        } else if variable.secret && !variable.value.is_empty()
            || variable.value.len() > ARGUMENT_MAX
            || total + variable.value.len() > ARGUMENTS_MAX
        {
            sorted.secret.push(Cow::Borrowed(variable));
        } else {
            total += variable.value.len();
            sorted.plain.push(variable);
        }
    }
    sorted
}

/// Does Kubernetes take a variable of this name?
fn is_taken(name: &str) -> bool {
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
fn stand_in(job: &Job, sorted: &Variables<'_>) -> String {
    let names = |n: usize| format!("MULTIFLEXI_SECRET_{n}");
    let is_free = |name: &String| {
        !job.environment.iter().any(|it| it.name == *name) && !sorted.secret.iter().any(|it| it.name == *name)
    };
    (1..).map(names).find(is_free).unwrap_or_default()
}

/// A text as an argument or value that Kubernetes does not expand.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// The program's arguments; a secret value in them becomes a reference that the kubelet expands, so that it stands neither
/// in kubectl's argv nor in the pod's spec.
fn program(job: &Job, secret: &[Cow<'_, Variable>]) -> Vec<String> {
    let mut values: Vec<(String, String)> = secret
        .iter()
        .filter(|variable| variable.secret)
        .map(|variable| (literal(&variable.value), format!("$({})", variable.name)))
        .collect();
    values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    job.command.iter().map(|argument| refer(&literal(argument), &values)).collect()
}

/// Replaces the first value that occurs, then goes on left and right of it: what was replaced is never looked at again.
fn refer(text: &str, values: &[(String, String)]) -> String {
    for (n, (value, reference)) in values.iter().enumerate() {
        if let Some((left, right)) = text.split_once(value.as_str()) {
            return format!("{}{reference}{}", refer(left, &values[n..]), refer(right, &values[n..]));
        }
    }
    text.to_owned()
}

/// Most shells drop the variables whose names they cannot write (`a.b`): `env` gives them to the program again.
fn beyond_shell(env: &str, variables: &Variables<'_>) -> Vec<String> {
    let odd = |name: &str| name.contains(['-', '.']);
    let plain =
        variables.plain.iter().filter(|it| odd(&it.name)).map(|it| format!("{}={}", it.name, literal(&it.value)));
    let secret = variables.secret.iter().filter(|it| odd(&it.name)).map(|it| format!("{0}=$({0})", it.name));
    let again: Vec<String> = plain.chain(secret).collect();
    if again.is_empty() { again } else { [vec![env.to_owned()], again].concat() }
}

/// The arguments of `kubectl run`, and the same for showing: without the recorder, its script being no news to anybody.
pub fn run_arguments(pod: &Pod, job: &Job, settings: &Settings) -> (Vec<String>, String) {
    let variables = sort(job);
    let mut head =
        vec!["run".to_owned(), pod.name.clone(), format!("--image={}", settings.image), "--restart=Never".to_owned()];
    if pod.recorded {
        head.extend(["--attach", "-i"].map(str::to_owned));
        // We watch the pod ourselves and say why it does not start. kubectl would also give up so long after a lost attach.
        head.push("--pod-running-timeout=8760h".to_owned());
    }
    head.push("--quiet".to_owned());
    head.push(label_argument(job));
    for variable in &variables.plain {
        head.push(format!("--env={}={}", variable.name, literal(&variable.value)));
    }
    head.push("--override-type=strategic".to_owned());
    head.push(format!("--overrides={}", overrides::of(pod, job, settings)));
    head.extend(["--command", "--"].map(str::to_owned));
    let program = program(job, &variables.secret);
    let mut shown = vec!["kubectl".to_owned(), "-n".to_owned(), settings.namespace.clone()];
    shown.extend(head.iter().cloned());
    shown.extend(program.iter().cloned());
    if pod.recorded {
        let hold = settings.hold.as_secs().to_string();
        let shell = pod.tools.shell();
        let list = if select::may_ask_for_list(job, settings) { "list" } else { "-" };
        let script = literal(recorder::SCRIPT);
        head.extend([shell, "-c", &script, "recorder", &pod.nonce, &hold, list].map(str::to_owned));
        head.extend(beyond_shell(pod.tools.env(), &variables));
    }
    head.extend(program);
    (head, shell_line(&shown, &job.environment))
}

/// The Secret that carries what may stand in no argv and no pod's spec.
pub fn secret_manifest(pod: &Pod, job: &Job, variables: &[Cow<'_, Variable>]) -> Value {
    use base64::Engine;
    let data: Map<String, Value> = variables
        .iter()
        .map(|variable| (variable.name.clone(), base64::prelude::BASE64_STANDARD.encode(&variable.value).into()))
        .collect();
    let labels: Map<String, Value> = selector(job)
        .split(',')
        .filter_map(|label| label.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"name": pod.name, "labels": labels}, "data": data})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn job(command: &[&str], environment: Vec<Variable>) -> Job {
        Job {
            id: 7,
            database: "0123456789ab".into(),
            application: "App".into(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            environment,
            time_limit: None,
            files: crate::executor::Files::default(),
            earlier: crate::executor::Earlier::Nothing,
            succeeded_before: false,
            run_file: None,
            known_code: None,
            traces: crate::executor::Traces::default(),
            permit: crate::executor::Permit::default(),
        }
    }

    fn variable(name: &str, value: &str, secret: bool) -> Variable {
        Variable { name: name.into(), value: value.into(), secret }
    }

    #[test]
    fn names_are_valid_and_differ() {
        let settings = Settings::new("App", "img", None, &Value::Null);
        let (a, b) = (Pod::new(7, true, &settings), Pod::new(7, true, &settings));
        assert!(a.name.starts_with("mf-job-7-") && a.name.len() == 15 && a.name != b.name);
        assert_eq!(a.nonce.len(), 16);
    }

    #[test]
    fn secrets_stand_nowhere() {
        let environment =
            vec![variable("A", "p$(B)", false), variable("B", "geheim$1", true), variable("1bad", "x", false)];
        let job = job(&["prog", "--pw=geheim$1;", "$HOME"], environment);
        let settings = Settings::new("App", "img", None, &Value::Null);
        let mut pod = Pod::new(7, true, &settings);
        pod.secret = true;
        let (arguments, shown) = run_arguments(&pod, &job, &settings);
        assert!(!arguments.join(" ").contains("geheim") && !shown.contains("geheim"));
        assert!(arguments.contains(&"--env=A=p$$(B)".to_owned()));
        assert_eq!(arguments[arguments.len() - 2..], ["--pw=$(B);", "$$HOME"]);
        assert!(!arguments.iter().any(|argument| argument.contains("1bad=")));
        assert_eq!(sort(&job).refused, ["1bad"]);
    }

    #[test]
    fn a_secret_of_a_name_that_is_not_taken_stands_nowhere_too() {
        let environment = vec![
            variable("MULTIFLEXI_SECRET_1", "x", false),
            variable("my password", "geheim", true),
            variable("its token", "unused", true),
        ];
        let job = job(&["prog", "--pw=geheim"], environment);
        let settings = Settings::new("App", "img", None, &Value::Null);
        let (arguments, _) = run_arguments(&Pod::new(7, true, &settings), &job, &settings);
        assert_eq!(arguments.last().unwrap(), "--pw=$(MULTIFLEXI_SECRET_2)");
        assert_eq!(sort(&job).secret.len(), 1);
    }
}
