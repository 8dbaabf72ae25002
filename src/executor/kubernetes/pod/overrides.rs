//! What is laid over the pod that kubectl makes: what the operator wants of it, and what the job needs.

use std::path::Path;

use serde_json::{Value, json};

use super::files;
use super::variables;
use super::{NONCE, Pod};
use crate::executor::artifacts::IN_CONTAINER;
use crate::executor::kubernetes::kubectl::client::{Cluster, SHORT};
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::kubernetes::stream::recorder::{LEND, LENDER};
use crate::executor::{Job, Reason};

/// The pod ends itself so much after the job's time limit, should everybody else be gone.
///
/// Its deadline counts from when a node took it, and so has to hold what its start may take too.
const DEADLINE_MARGIN: u64 = 60;
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// The recorder's volume, and where it lies in the container.
const VOLUME: &str = "multiflexi";
const FOLDER: &str = "/.multiflexi";
/// Our volumes: name, whose it is, and where it lies in the container.
const VOLUMES: [(&str, &str, &str); 2] =
    [(VOLUME, "the recorder's", FOLDER), (files::VOLUME, "that of the uploaded files", IN_CONTAINER)];
/// The lists of a pod whose items Kubernetes tells apart by a key, and so lays over one another; and tolerations, which add up. Every
/// other list says something as a whole: the words of a command, for instance, or terms of which any may hold.
const JOINED: [&str; 14] = [
    "containers", "initContainers", "ephemeralContainers", "volumes", "imagePullSecrets", "hostAliases",
    "topologySpreadConstraints", "schedulingGates", "resourceClaims", "tolerations", "env", "ports", "volumeMounts",
    "volumeDevices",
];
/// Of the job's container: what `job run` sets itself.
const OURS: [&str; 6] = ["command", "args", "stdin", "stdinOnce", "tty", "restartPolicy"];

/// Refuses, in words, overrides that would take from the job what it is found by or run with.
///
/// # Errors
/// They set what the job's pod is found by or run with, or are no overrides of a pod; the words name the place.
pub fn check(overrides: &Value) -> Result<(), String> {
    let object =
        |value: &Value, what: &str| value.as_object().cloned().ok_or_else(|| format!("{what} is not a JSON object"));
    for (key, value) in object(overrides, "the whole")? {
        match key.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => {
                for (key, value) in object(&value, "metadata")? {
                    if key != "labels" && key != "annotations" {
                        return Err(format!("metadata.{key} cannot be set: only labels and annotations can"));
                    }
                    for (name, value) in object(&value, &format!("metadata.{key}"))? {
                        if name.starts_with("multiflexi.eu/") || name == "app.kubernetes.io/managed-by" {
                            return Err(format!("metadata.{key} {name} is what the job's pod is found by"));
                        }
                        if !value.is_string() {
                            return Err(format!("metadata.{key} {name} is not a text: quote it"));
                        }
                    }
                }
            }
            "spec" => check_spec(&object(&value, "spec")?.into())?,
            _ => {
                return Err(format!(
                    "it has the key {key:?}: a pod has metadata and spec, and the rest belongs into these"
                ));
            }
        }
    }
    Ok(())
}

fn check_spec(spec: &Value) -> Result<(), String> {
    if !spec["restartPolicy"].is_null() {
        return Err("spec.restartPolicy cannot be set: a job runs once".into());
    }
    for (at, volume) in list(spec, "volumes").enumerate() {
        if let Some((name, whose, _)) = VOLUMES.iter().find(|(name, ..)| volume["name"] == *name) {
            return Err(format!("spec.volumes[{at}] cannot be called {name}: so is {whose}"));
        }
    }
    let Some(containers) = spec.get("containers") else { return Ok(()) };
    let containers = containers.as_array().ok_or("spec.containers is not a list")?;
    for (at, container) in containers.iter().enumerate() {
        let keys = container.as_object().ok_or_else(|| format!("spec.containers[{at}] is not a JSON object"))?;
        for (mount, path) in list(container, "volumeMounts").map(|mount| &mount["mountPath"]).enumerate() {
            let is_in = |folder: &str| path.as_str().is_some_and(|path| Path::new(path).starts_with(folder));
            if let Some((_, whose, folder)) =
                VOLUMES.iter().find(|(.., folder)| is_in(folder) && is_jobs_own(container))
            {
                return Err(format!(
                    "spec.containers[{at}].volumeMounts[{mount}] cannot be in {folder}: that is {whose}"
                ));
            }
        }
        if let Some(key) = OURS.iter().find(|key| is_jobs_own(container) && keys.contains_key(**key)) {
            return Err(format!(
                "spec.containers[{at}].{key} cannot be set: it is the application's, or the recorder's"
            ));
        }
    }
    Ok(())
}

/// The items of a list; none where there is no list.
fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The container without a name is the job's.
fn is_jobs_own(container: &Value) -> bool {
    container.get("name").and_then(Value::as_str).is_none_or(str::is_empty)
}

/// All that is laid over.
pub fn build(pod: &Pod, job: &Job, settings: &KubernetesSettings) -> Value {
    let mut all = settings.pod_overrides.clone().unwrap_or_else(|| json!({}));
    all["apiVersion"] = json!("v1");
    let theirs = all
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("containers"))
        .and_then(Value::as_array_mut)
        .map(std::mem::take);
    drop_nulls(&mut all);
    let mut ours = json!({"name": pod.name});
    let mut spec = own_spec(job, settings, all.get("spec").unwrap_or(&Value::Null));
    // A cluster may put containers of its own before the job's; this is the one that kubectl attaches to.
    merge(&mut all, json!({"metadata": {"annotations": {DEFAULT_CONTAINER: pod.name}}}));
    if pod.is_recorded() {
        ours["volumeMounts"] = json!([{"name": VOLUME, "mountPath": FOLDER}]);
        spec["volumes"] = json!([{"name": VOLUME, "emptyDir": {}}]);
        merge(&mut all, json!({"metadata": {"annotations": {NONCE: pod.nonce}}}));
    }
    let (jobs_own, mut containers): (Vec<_>, Vec<_>) = theirs.unwrap_or_default().into_iter().partition(is_jobs_own);
    let mut container = json!({});
    for layer in jobs_own {
        merge(&mut container, layer);
    }
    // Only now: the file may take by it what the definition has.
    containers.iter_mut().chain([&mut container]).for_each(drop_nulls);
    if pod.is_recorded() {
        variables::hide_from_shells(&mut container);
    }
    let overridden: Vec<&str> = list(&container, "env").filter_map(|variable| variable["name"].as_str()).collect();
    if let Some(sources) = container.get("envFrom") {
        // Of two sources of a variable the last one counts: the job's, as with those that are named one by one.
        ours["envFrom"] = sources.clone();
    }
    files::mount(pod, job, &overridden, &mut ours, &mut spec);
    merge(&mut container, ours);
    if let Some(image) = settings.recorder_image.as_ref().filter(|_| pod.is_recorded()) {
        spec["initContainers"] = json!([tools_container(image, &container)]);
    }
    merge(&mut all, json!({"spec": spec}));
    containers.insert(0, container);
    all["spec"]["containers"] = Value::Array(containers);
    all
}

/// What the pod is given besides, where the operator does not say it: of two deadlines the earlier one holds.
fn own_spec(job: &Job, settings: &KubernetesSettings, theirs: &Value) -> Value {
    let mut spec = json!({});
    if theirs.get("enableServiceLinks").is_none() {
        spec["enableServiceLinks"] = json!(false);
    }
    if let Some(limit) = job.time_limit {
        let deadline = limit.as_secs().saturating_add(settings.start_limit.as_secs()).saturating_add(DEADLINE_MARGIN);
        let is_theirs = match theirs.get("activeDeadlineSeconds") {
            None => false,
            Some(theirs) => theirs.as_u64().is_none_or(|theirs| theirs <= deadline),
        };
        if !is_theirs {
            spec["activeDeadlineSeconds"] = json!(deadline);
        }
    }
    spec
}

/// Takes out what is null: it says that the operator has nothing to say there, and kubectl would take by it what the job itself has, its
/// variables for instance.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            object.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// The init container that lends the recorder its tools: as much hemmed in as the job's own.
fn tools_container(image: &str, container: &Value) -> Value {
    let mut tools_container = json!({
        "name": LENDER, "image": image, "command": ["/bin/sh", "-c", LEND],
        "volumeMounts": [{"name": VOLUME, "mountPath": FOLDER}],
    });
    for key in ["resources", "securityContext"] {
        if let Some(value) = container.get(key) {
            tools_container[key] = value.clone();
        }
    }
    tools_container
}

/// Lays `over` onto `base`.
///
/// Objects are merged, and so are [lists](JOINED) whose items have a key; everything else is replaced, and a null leaves nothing.
pub fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match (base.get_mut(&key), value) {
                    (Some(Value::Array(base)), Value::Array(over)) if JOINED.contains(&key.as_str()) => {
                        base.extend(over)
                    }
                    (Some(base), value) => merge(base, value),
                    (None, value) => {
                        base.insert(key, value);
                    }
                }
            }
        }
        (base, over) => *base = over,
    }
}

/// Asks kubectl what it would make, and refuses what is missing there.
///
/// kubectl drops a field that it does not know without a word, a misspelt limit for instance.
///
/// # Errors
/// kubectl knows no such field, or does not take the overrides: the reason names the field. Or kubectl cannot be started.
pub async fn refuse_unknown(cluster: &Cluster, settings: &KubernetesSettings) -> Result<(), Reason> {
    let Some(theirs) = &settings.pod_overrides else { return Ok(()) };
    let refused = Reason::PodOverrides;
    let mut named = theirs.clone();
    drop_nulls(&mut named);
    if let Some(containers) = named.pointer_mut("/spec/containers").and_then(Value::as_array_mut) {
        containers.iter_mut().filter(|it| is_jobs_own(it)).for_each(|it| it["name"] = json!("job"));
    }
    named["apiVersion"] = json!("v1");
    let mut command = cluster.kubectl();
    command.args(["run", "job", "--image=job", "--restart=Never", "--dry-run=client", "-o", "json"]);
    command.args(["--override-type=strategic", &format!("--overrides={named}")]);
    let captured = cluster.call(command, "kubectl run --dry-run", None, SHORT).await?;
    if !captured.ok() {
        return Err(match cluster.explain("kubectl does not take the pod overrides", &captured) {
            Reason::Failed(failure) => refused(failure.to_string()),
            reason => reason,
        });
    }
    let made: Value = serde_json::from_slice(&captured.stdout)
        .map_err(|error| refused(format!("the pod that kubectl would make cannot be read: {error}")))?;
    match unknown(theirs, &[&made]) {
        Some(path) => Err(refused(format!(
            "kubectl knows no field {path} of a pod, which the pod overrides set: correct its name and place"
        ))),
        None => Ok(()),
    }
}

/// The first field with a value that is in none of the others.
fn unknown(wanted: &Value, made: &[&Value]) -> Option<String> {
    let says_something =
        |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0;
    match wanted {
        Value::Object(wanted) => wanted.iter().find_map(|(key, value)| {
            let made: Vec<&Value> = made.iter().filter_map(|made| made.get(key)).collect();
            if made.is_empty() {
                return leaf(value).filter(|leaf| says_something(leaf)).map(|_| key.clone());
            }
            let path = unknown(value, &made)?;
            Some(if path.starts_with('[') { format!("{key}{path}") } else { format!("{key}.{path}") })
        }),
        Value::Array(wanted) => {
            let made: Vec<&Value> = made.iter().filter_map(|made| made.as_array()).flatten().collect();
            wanted.iter().enumerate().find_map(|(at, value)| Some(format!("[{at}].{}", unknown(value, &made)?)))
        }
        _ => None,
    }
}

/// Some value in it that is neither object nor list.
fn leaf(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(object) => object.values().find_map(leaf),
        Value::Array(list) => list.iter().find_map(leaf),
        value => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::kubernetes::pod::Recording;

    #[test]
    fn the_operator_s_and_ours_are_merged() {
        let mut settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        settings.pod_overrides = Some(json!({"spec": {"nodeSelector": {"a": "b"}, "volumes": [{"name": "v"}],
            "containers": [{"resources": {"limits": {"memory": "1Gi"}}, "volumeMounts": [{"name": "v"}]}, {"name": "side"},
                {"resources": {"limits": {"memory": "2Gi", "cpu": 1}}}]}}));
        let job = super::super::manifest::tests::job(&["true"], Vec::new());
        let merged = build(&Pod::new(crate::id::JobId(7), Recording::Recorder, &settings), &job, &settings);
        let spec = &merged["spec"];
        assert_eq!(spec["volumes"].as_array().unwrap().len(), 2);
        assert_eq!(spec["containers"][0]["volumeMounts"].as_array().unwrap().len(), 2);
        assert_eq!(spec["containers"][0]["resources"]["limits"], json!({"memory": "2Gi", "cpu": 1}));
        assert_eq!(spec["containers"][1]["name"], "side");
        assert_eq!(spec["nodeSelector"]["a"], "b");
    }

    #[test]
    fn a_null_takes_what_the_definition_says_and_nothing_of_the_job_s() {
        let mut settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        let mut overrides =
            json!({"spec": {"nodeSelector": {"a": "b"}, "containers": [{"image": null, "env": [{"name": "A"}]}]}});
        merge(&mut overrides, json!({"spec": {"nodeSelector": null, "volumes": null, "containers": [{"env": null}]}}));
        settings.pod_overrides = Some(overrides);
        let job = super::super::manifest::tests::job(&["true"], Vec::new());
        let merged = build(&Pod::new(crate::id::JobId(7), Recording::Recorder, &settings), &job, &settings);
        assert!(!merged.to_string().contains("null"), "{merged}");
        let spec = &merged["spec"];
        assert!(spec["nodeSelector"].is_null() && spec["containers"][0]["env"].is_null(), "{merged}");
        assert_eq!(spec["volumes"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn what_the_job_is_run_with_cannot_be_taken_from_it() {
        for (overrides, message) in [
            (json!([]), "the whole is not"),
            (json!({"securityContext": {}}), "securityContext"),
            (json!({"metadata": {"name": "x"}}), "metadata.name"),
            (json!({"metadata": {"labels": {"multiflexi.eu/job": "1"}}}), "found by"),
            (json!({"metadata": {"labels": {"number": 1}}}), "quote it"),
            (json!({"spec": []}), "spec is not"),
            (json!({"spec": {"restartPolicy": "Always"}}), "restartPolicy"),
            (json!({"spec": {"containers": {}}}), "not a list"),
            (json!({"spec": {"containers": [{"command": ["x"]}]}}), "containers[0].command"),
            (json!({"spec": {"volumes": [{"name": "a"}, {"name": "multiflexi"}]}}), "volumes[1]"),
            (json!({"spec": {"volumes": [{"name": "multiflexi-files"}]}}), "uploaded files"),
            (
                json!({"spec": {"containers": [{"volumeMounts": [{"name": "a", "mountPath": "/.multiflexi/"}]}]}}),
                "containers[0].volumeMounts[0]",
            ),
        ] {
            assert!(check(&overrides).unwrap_err().contains(message), "{overrides}");
        }
        assert_eq!(check(&json!({"spec": {"containers": [{"name": "side", "command": ["x"]}]}})), Ok(()));
    }

    #[test]
    fn a_field_that_kubectl_dropped_is_found() {
        let made = json!({"spec": {"a": {"b": 1}, "list": [{"name": "job", "x": {}}, {"name": "side", "y": 2}]}});
        let path = |wanted: Value| unknown(&wanted, &[&made]);
        assert_eq!(path(json!({"spec": {"a": {"b": 2}, "list": [{"y": 3}], "off": false}})), None);
        assert_eq!(path(json!({"spec": {"a": {"c": 2}}})).unwrap(), "spec.a.c");
        assert_eq!(path(json!({"spec": {"list": [{"name": "x"}, {"z": {"deep": [1]}}]}})).unwrap(), "spec.list[1].z");
    }
}
