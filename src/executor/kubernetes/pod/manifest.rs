//! What is sent to the cluster for a job's pod: the arguments of `kubectl run`, and its Secret.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::variables::{may_be_lost_in_shell, sort};
use super::{Pod, label_argument, overrides, selector};
use crate::executor::job::shell_line;
use crate::executor::kubernetes::artifacts::select;
use crate::executor::kubernetes::settings::{KubernetesSettings, take_secret_variables};
use crate::executor::kubernetes::stream::recorder;
use crate::executor::{Job, Variable};
use crate::secret::REDACTED_MIN;

/// A text as an argument or value that Kubernetes does not expand.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// The program's arguments, with a reference in the place of each secret value.
///
/// The kubelet expands it, so that the value stands neither in kubectl's argv nor in the pod's spec.
fn program(job: &Job, secret: &[Cow<'_, Variable>]) -> Vec<String> {
    let mut values: Vec<(String, String)> = secret
        .iter()
        // A shorter value stands in a command line by chance.
        .filter(|variable| variable.secret && variable.value.len() >= REDACTED_MIN)
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

/// The arguments of `kubectl run`, and the same for showing: without the recorder, its script being no news to anybody.
pub fn run_arguments(pod: &Pod, job: &Job, settings: &KubernetesSettings) -> (Vec<String>, String) {
    let variables = sort(job, pod.recording);
    let mut head =
        vec!["run".to_owned(), pod.name.clone(), format!("--image={}", settings.image), "--restart=Never".to_owned()];
    if pod.is_recorded() {
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
    let mut shown = vec!["kubectl".to_owned(), "-n".to_owned(), settings.namespace.clone()];
    shown.extend(head.iter().cloned());
    let mut overrides = overrides::build(pod, job, settings);
    head.push(format!("--overrides={overrides}"));
    // The first container is the job's.
    let is_lost = may_be_lost_in_shell(&overrides["spec"]["containers"][0], &pod.name);
    take_secret_variables(&mut overrides);
    shown.push(format!("--overrides={overrides}"));
    let program = program(job, &variables.secret);
    for arguments in [&mut head, &mut shown] {
        arguments.extend(["--command", "--"].map(str::to_owned));
    }
    shown.extend(program.iter().cloned());
    if pod.is_recorded() {
        let hold = settings.hold.as_secs().to_string();
        let shell = pod.tools.shell();
        let list = if select::may_ask_for_list(job, settings) { "list" } else { "-" };
        let script = literal(recorder::SCRIPT);
        let is_past_shell = variables.go_past_shell() || is_lost;
        let env = if is_past_shell { pod.tools.env() } else { "-" };
        head.extend([shell, "-c", &script, "recorder", &pod.nonce, &hold, list, env].map(str::to_owned));
    }
    head.extend(program);
    (head, shell_line(&shown, &job.environment))
}

/// The Secret that carries what may stand in no argv and no pod's spec.
pub fn secret_manifest(pod: &Pod, job: &Job, variables: &[Cow<'_, Variable>]) -> Value {
    let data: Map<String, Value> = variables
        .iter()
        .map(|variable| (variable.name.clone(), BASE64_STANDARD.encode(&variable.value).into()))
        .collect();
    let labels: Map<String, Value> = selector(job)
        .split(',')
        .filter_map(|label| label.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"name": pod.name, "labels": labels}, "data": data})
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::executor::kubernetes::pod::Recording;
    use crate::secret::MASK;

    /// A job of nothing but a command and its variables.
    pub fn job(command: &[&str], environment: Vec<Variable>) -> Job {
        Job {
            id: crate::id::JobId(7),
            database: crate::database::Fingerprint::parse("0123456789ab").unwrap(),
            application: "App".into(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            environment,
            time_limit: None,
            files: crate::executor::Files::default(),
            run_file: None,
            pods: crate::executor::PodHistory::default(),
            leftovers: crate::executor::Leftovers::default(),
            permit: crate::executor::Permit::default(),
        }
    }

    fn variable(name: &str, value: &str, secret: bool) -> Variable {
        Variable { name: name.into(), value: value.into(), secret }
    }

    #[test]
    fn secrets_stand_nowhere() {
        let environment =
            vec![variable("A", "p$(B)", false), variable("B", "geheim$1", true), variable("1bad", "x", false)];
        let job = job(&["prog", "--pw=geheim$1;", "$HOME"], environment);
        let settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        let mut pod = Pod::new(crate::id::JobId(7), Recording::Recorder, &settings);
        pod.secret = true;
        let (arguments, shown) = run_arguments(&pod, &job, &settings);
        assert!(!arguments.join(" ").contains("geheim") && !shown.contains("geheim"));
        assert!(arguments.contains(&"--env=A=p$$(B)".to_owned()));
        assert_eq!(arguments[arguments.len() - 2..], ["--pw=$(B);", "$$HOME"]);
        assert!(!arguments.iter().any(|argument| argument.contains("1bad=")));
        assert_eq!(sort(&job, Recording::Recorder).refused, ["1bad"]);
    }

    #[test]
    fn what_stands_in_a_command_by_chance_is_no_reference() {
        let job = job(&["echo", "aaa"], vec![variable("A_TOKEN", "a", true)]);
        let mut settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        settings.pod_overrides = Some(json!({"spec": {"containers": [{"env": [
            {"name": "X_PASSWORD", "value": "geheim"}, {"name": "X", "value": "shown"},
        ]}]}}));
        let (arguments, command) =
            run_arguments(&Pod::new(crate::id::JobId(7), Recording::Recorder, &settings), &job, &settings);
        assert_eq!(arguments.last().unwrap(), "aaa");
        assert!(!command.contains("geheim") && command.contains("shown") && command.contains(MASK), "{command}");
        assert!(arguments.iter().any(|argument| argument.contains("geheim")));
    }

    #[test]
    fn a_secret_of_a_name_that_is_not_taken_stands_nowhere_too() {
        let environment = vec![
            variable("MULTIFLEXI_SECRET_1", "x", false),
            variable("my password", "geheim", true),
            variable("its token", "unused", true),
        ];
        let job = job(&["prog", "--pw=geheim"], environment);
        let settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        let (arguments, _) =
            run_arguments(&Pod::new(crate::id::JobId(7), Recording::Recorder, &settings), &job, &settings);
        assert_eq!(arguments.last().unwrap(), "--pw=$(MULTIFLEXI_SECRET_2)");
        assert_eq!(sort(&job, Recording::Recorder).secret.len(), 1);
    }
}
