//! What an application's definition says about running it in Kubernetes, with the suite's defaults.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::chart_values;
use crate::foreign_name::ForeignName;
use crate::hex;
use crate::secret::{MASK, name_looks_secret};

/// Helm refuses longer release names.
pub const RELEASE_NAME_MAX: usize = 53;
/// The longest time that helm is given, in seconds: a day.
const TIMEOUT_MAX: u64 = 86_400;

/// How one application runs in Kubernetes.
#[derive(Clone, Debug)]
pub struct KubernetesSettings {
    /// The image of the job's pod.
    pub image: String,
    /// Local path, `oci://…` or `repo/chart`.
    pub chart: Option<String>,
    /// Its version, or a range of versions; else the newest.
    pub chart_version: Option<String>,
    /// The file that `helm registry login` wrote; else helm's own.
    pub registry_config: Option<String>,
    /// The authority of the certificate of where the chart comes from, beside those that the system knows.
    pub ca_file: Option<String>,
    /// Name of the helm release, at most 53 characters.
    pub release: String,
    pub namespace: String,
    /// Does the definition name it? Else it is the suite's, or that of the pod that we run in.
    pub is_namespace_named: bool,
    /// Deploy the chart before the job where it is not deployed yet?
    pub helm_enabled: bool,
    /// `helm upgrade --install`, else `helm install`.
    pub upgrade_install: bool,
    /// Wait until what the chart makes is ready.
    pub wait: bool,
    /// Take back a deployment that fails.
    pub atomic: bool,
    /// For one helm operation.
    pub timeout: Duration,
    /// Values for the chart, an object; handed to helm in a private file, whole numbers that are no secret by `--set` too.
    ///
    /// What cannot be understood is told in words.
    pub values: Result<Value, String>,
    /// Files of values, applied in this order, before `values`.
    pub values_files: Vec<String>,
    /// The file to bring back from the pod; without it those that the application says it makes.
    pub artifact: Option<String>,
    pub artifacts_enabled: bool,
    pub keep_pod_on_failure: bool,
    /// Else kubectl's current context.
    pub context: Option<String>,
    /// Else `KUBECONFIG` or `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// Merged into the pod: security context, resources, node selector and the like.
    ///
    /// A container without a name is the job's. [`check_overrides`](super::check_overrides) has taken them.
    pub pod_overrides: Option<Value>,
    /// An image with busybox, which lends the recorder its tools where the application's image has none.
    pub recorder_image: Option<String>,
    /// May a release that a dead helm left pending be mended (rolled back, or uninstalled where it never was deployed)?
    pub repair_release: bool,
    /// How long the pod waits to be told to go after the program ended.
    pub hold: Duration,
    /// How long the pod may take until the program starts.
    pub start_limit: Duration,
}

impl KubernetesSettings {
    /// From the application's row and the definition's `kubernetes` object (or null).
    pub fn new(application: &str, image: &str, chart: Option<&str>, kubernetes: &Value) -> KubernetesSettings {
        let (helm, files) = (&kubernetes["helm"], &kubernetes["artifacts"]);
        let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let flag = |value: &Value, default: bool| value.as_bool().unwrap_or(default);
        let chart =
            chart.map(str::trim).filter(|chart| !chart.is_empty()).map(str::to_owned).or_else(|| text(&helm["chart"]));
        KubernetesSettings {
            image: image.trim().to_owned(),
            release: text(&helm["releaseName"]).unwrap_or_else(|| release_name(application)),
            is_namespace_named: text(&helm["namespace"]).is_some(),
            namespace: text(&helm["namespace"]).unwrap_or_else(|| "multiflexi".to_owned()),
            helm_enabled: flag(&helm["enabled"], chart.is_some()),
            chart,
            chart_version: text(&helm["version"]),
            registry_config: text(&helm["registryConfig"]),
            ca_file: text(&helm["caFile"]),
            upgrade_install: flag(&helm["upgradeInstall"], true),
            wait: flag(&helm["wait"], true),
            atomic: flag(&helm["atomic"], false),
            timeout: Duration::from_secs(whole_seconds(&helm["timeoutSeconds"]).unwrap_or(300).min(TIMEOUT_MAX)),
            values: chart_values::nested(helm["set"].as_object()),
            values_files: helm["valuesFiles"]
                .as_array()
                .map(|files| files.iter().filter_map(text).collect())
                .unwrap_or_default(),
            artifacts_enabled: flag(&files["enabled"], true),
            artifact: text(&files["outputPath"]),
            keep_pod_on_failure: flag(&files["keepPodOnFailure"], false),
            context: None,
            kubeconfig: None,
            pod_overrides: Some(kubernetes["podOverrides"].clone()).filter(|overrides| !overrides.is_null()),
            recorder_image: text(&kubernetes["recorderImage"]),
            repair_release: false,
            hold: Duration::from_secs(15 * 60),
            start_limit: Duration::from_secs(10 * 60),
        }
    }
}

impl KubernetesSettings {
    /// Checks what is handed to kubectl and helm: it may come from a row that no import looked at.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, kubernetes: &Value) -> Result<(), Unfit> {
        for (pointer, what, kind) in &MEMBERS {
            let value = kubernetes.pointer(pointer).unwrap_or(&Value::Null);
            if !value.is_null() && !kind.is(value) {
                let why = format!("is not {}", kind.noun());
                return Err(Unfit { what, value: value.to_string(), why });
            }
        }
        let chart = self.chart.iter().map(|chart| ("chart", ForeignName::Chart, chart));
        let recorder = self.recorder_image.iter().map(|image| ("recorderImage", ForeignName::Image, image));
        let files = self.values_files.iter().map(|file| ("values file", ForeignName::ValuesFile, file));
        let own = [
            ("ociimage", ForeignName::Image, &self.image),
            ("release name", ForeignName::Release, &self.release),
            ("namespace", ForeignName::Namespace, &self.namespace),
        ];
        for (what, kind, name) in own.into_iter().chain(chart).chain(recorder).chain(files) {
            kind.check(name).map_err(|why| Unfit { what, value: format!("{name:?}"), why })?;
        }
        match whole_seconds(&kubernetes["helm"]["timeoutSeconds"]) {
            Some(seconds) if seconds > TIMEOUT_MAX => Err(Unfit {
                what: "timeoutSeconds",
                value: seconds.to_string(),
                why: format!("is more than a day ({TIMEOUT_MAX} s)"),
            }),
            _ => Ok(()),
        }
    }
}

/// What of a definition, or of an application's row, no program may be given.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit {
    pub what: &'static str,
    /// As it is shown.
    pub value: String,
    /// The rest of a sentence that begins with the two.
    pub why: String,
}

/// What a member of the `kubernetes` object has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MemberKind {
    Object,
    Text,
    Texts,
    Truth,
    Seconds,
}

impl MemberKind {
    fn is(self, value: &Value) -> bool {
        match self {
            MemberKind::Object => value.is_object(),
            MemberKind::Text => value.is_string(),
            MemberKind::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            MemberKind::Truth => value.is_boolean(),
            MemberKind::Seconds => whole_seconds(value).is_some(),
        }
    }

    fn noun(self) -> &'static str {
        match self {
            MemberKind::Object => "an object",
            MemberKind::Text => "a text",
            MemberKind::Texts => "a list of texts",
            MemberKind::Truth => "true or false",
            MemberKind::Seconds => "a whole number of seconds from 1 on",
        }
    }
}

/// The members that are read, by where they stand, how they are called, and what they have to be.
///
/// One of another kind is not passed over: a job that runs by a default in its place may run in another namespace.
const MEMBERS: [(&str, &str, MemberKind); 20] = [
    ("", "kubernetes object", MemberKind::Object),
    ("/helm", "helm", MemberKind::Object),
    ("/helm/enabled", "helm.enabled", MemberKind::Truth),
    ("/helm/chart", "helm.chart", MemberKind::Text),
    ("/helm/version", "helm.version", MemberKind::Text),
    ("/helm/registryConfig", "helm.registryConfig", MemberKind::Text),
    ("/helm/caFile", "helm.caFile", MemberKind::Text),
    ("/helm/releaseName", "helm.releaseName", MemberKind::Text),
    ("/helm/namespace", "helm.namespace", MemberKind::Text),
    ("/helm/upgradeInstall", "helm.upgradeInstall", MemberKind::Truth),
    ("/helm/wait", "helm.wait", MemberKind::Truth),
    ("/helm/atomic", "helm.atomic", MemberKind::Truth),
    ("/helm/timeoutSeconds", "helm.timeoutSeconds", MemberKind::Seconds),
    ("/helm/set", "helm.set", MemberKind::Object),
    ("/helm/valuesFiles", "helm.valuesFiles", MemberKind::Texts),
    ("/artifacts", "artifacts", MemberKind::Object),
    ("/artifacts/enabled", "artifacts.enabled", MemberKind::Truth),
    ("/artifacts/outputPath", "artifacts.outputPath", MemberKind::Text),
    ("/artifacts/keepPodOnFailure", "artifacts.keepPodOnFailure", MemberKind::Truth),
    ("/recorderImage", "recorderImage", MemberKind::Text),
];

/// A whole number from 1 on; `30.0` is one too, as a schema has it.
fn whole_seconds(value: &Value) -> Option<u64> {
    let whole =
        value.as_u64().or_else(|| format!("{:.0}", value.as_f64().filter(|it| it.fract() == 0.0)?).parse().ok());
    whole.filter(|seconds| *seconds > 0)
}

/// The texts and numbers that stand under a name which says that they are secret, at any depth.
pub fn secret_members(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name_looks_secret(name) { texts_and_numbers(value, secrets) } else { secret_members(value, secrets) }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| secret_members(item, secrets)),
        _ => {}
    }
}

fn texts_and_numbers(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| texts_and_numbers(value, found)),
        Value::Array(items) => items.iter().for_each(|item| texts_and_numbers(item, found)),
        Value::String(text) => found.push(text.clone()),
        Value::Number(number) => found.push(number.to_string()),
        _ => {}
    }
}

/// Masks the values of a pod's variables whose names say that they are secret, and returns them.
pub fn take_secret_variables(pod: &mut Value) -> Vec<String> {
    let is_secret = pod["name"].as_str().is_some_and(name_looks_secret);
    match pod {
        Value::Object(members) => {
            let own = members.get_mut("value").filter(|value| is_secret && value.is_string());
            let own = own.and_then(|value| Some(std::mem::replace(value, MASK.into()).as_str()?.to_owned()));
            own.into_iter().chain(members.values_mut().flat_map(take_secret_variables)).collect()
        }
        Value::Array(items) => items.iter_mut().flat_map(take_secret_variables).collect(),
        _ => Vec::new(),
    }
}

/// The suite's release name: lower case, all but letters and digits as dashes.
///
/// Where that would be too long or says nothing, a hash of the name keeps different applications apart.
fn release_name(application: &str) -> String {
    let name: String = application
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    if !name.is_empty() && name.len() <= RELEASE_NAME_MAX {
        return name.to_owned();
    }
    let hash = hex::hex(&Sha256::digest(application)[..4]);
    let head = name.get(..RELEASE_NAME_MAX - 9).unwrap_or(if name.is_empty() { "app" } else { name });
    format!("{}-{hash}", head.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn release_names() {
        assert_eq!(release_name("My App_2"), "my-app-2");
        assert_eq!(release_name("ends-"), "ends");
        let (a, b) = (release_name(&("x".repeat(60) + "a")), release_name(&("x".repeat(60) + "b")));
        assert!(a.len() <= RELEASE_NAME_MAX && a != b);
        assert!(release_name("ěšč").starts_with("app-"));
    }

    #[test]
    fn what_no_program_may_be_given() {
        let settings = |image: &str, chart, kubernetes: &Value| {
            KubernetesSettings::new("App", image, chart, kubernetes).check(kubernetes)
        };
        for fit in [Value::Null, json!({"helm": null}), json!({"helm": {"timeoutSeconds": 30.0, "namespace": null}})] {
            assert_eq!(settings("img", Some("./chart"), &fit), Ok(()));
        }
        for (image, chart, kubernetes) in [
            ("--volume=/:/host", None, json!({})),
            ("img", Some("--post-renderer=/bin/sh"), json!({})),
            ("img", None, json!({"helm": {"releaseName": "-x"}})),
            ("img", None, json!({"helm": {"namespace": "-A"}})),
            ("img", None, json!({"helm": {"chart": "-x"}})),
            ("img", None, json!({"helm": {"valuesFiles": ["-x"]}})),
            ("img", None, json!({"recorderImage": "-x"})),
            ("img", None, json!({"helm": {"timeoutSeconds": u64::MAX}})),
            ("img", None, json!(["helm"])),
            ("img", None, json!({"helm": "x"})),
            ("img", None, json!({"helm": {"namespace": ["x"]}})),
            ("img", None, json!({"helm": {"enabled": "false"}})),
            ("img", None, json!({"helm": {"timeoutSeconds": "30"}})),
            ("img", None, json!({"helm": {"timeoutSeconds": -1}})),
            ("img", None, json!({"helm": {"timeoutSeconds": 0}})),
            ("img", None, json!({"helm": {"timeoutSeconds": 1.5}})),
            ("img", None, json!({"helm": {"valuesFiles": ["a", 1]}})),
            ("img", None, json!({"artifacts": {"keepPodOnFailure": "true"}})),
        ] {
            assert!(settings(image, chart, &kubernetes).is_err(), "{image} {chart:?} {kubernetes}");
        }
    }

    #[test]
    fn definition_and_defaults() {
        let settings = KubernetesSettings::new("App", "img", None, &Value::Null);
        assert_eq!((settings.release.as_str(), settings.namespace.as_str()), ("app", "multiflexi"));
        assert!(!settings.helm_enabled && settings.wait && settings.artifacts_enabled);
        let kubernetes = json!({"helm": {"enabled": true, "chart": "r/c", "timeoutSeconds": 20, "wait": false},
            "artifacts": {"enabled": false, "keepPodOnFailure": true}});
        let settings = KubernetesSettings::new("App", "img", None, &kubernetes);
        assert_eq!(settings.chart.as_deref(), Some("r/c"));
        assert!(settings.helm_enabled && !settings.wait && settings.keep_pod_on_failure && !settings.artifacts_enabled);
        assert_eq!(settings.timeout, Duration::from_secs(20));
    }
}
