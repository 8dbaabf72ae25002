//! What an operator wants of the pod: `--pod-overrides`, and the definition's `podOverrides`.

use needs::needs;
use serde_json::{Value, json};

use super::{Place, on_cluster};
use crate::at_once::at_once;
use crate::env::{Output, root, set_script};

/// A job that fails and whose pod is kept, so that its spec can be looked at.
fn kept(place: &Place, overrides: &Value, file: &Value, script: &str) -> (Output, Value, Value) {
    place.prepare_with(|definition| {
        set_script(definition, script);
        definition["kubernetes"] = json!({
            "helm": {"enabled": false}, "artifacts": {"enabled": false, "keepPodOnFailure": true}, "podOverrides": overrides,
        });
    });
    let file = place.env.file("overrides.json", &file.to_string());
    let (output, record) = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
    let pod = place.pods().pop().unwrap_or_else(|| panic!("no pod is kept: {output:#?}"));
    let pod = place.kubectl(&["get", "pod", &pod, "-o", "json"]).ok().json();
    (output, record, pod)
}

on_cluster!(the_pod_is_what_the_operator_wants, |place| {
    for name in ["reader", "worker"] {
        place.create("serviceaccount", name);
    }
    let definition = json!({
        "metadata": {"labels": {"team": "bank"}, "annotations": {"example.org/a": "1"}},
        "spec": {
            "serviceAccountName": "reader",
            "terminationGracePeriodSeconds": 5,
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "containers": [{"resources": {"limits": {"memory": "100Mi", "cpu": "500m"}}}],
        },
    });
    let file = json!({
        "metadata": {"labels": {"cost": "7"}},
        "spec": {
            "serviceAccountName": "worker",
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "imagePullSecrets": [{"name": "registry"}],
            "priority": 0,
            "tolerations": [{"key": "b", "operator": "Exists"}],
            "containers": [{
                "imagePullPolicy": "IfNotPresent",
                "resources": {"limits": {"memory": "64Mi"}, "requests": {"memory": "32Mi"}},
                "env": [{"name": "FROM_OVERRIDES", "value": "yes"}],
            }],
        },
    });
    let (output, record, pod) = kept(&place, &definition, &file, "echo $FROM_OVERRIDES; exit 3");
    assert_eq!((output.code, &record["stdout"]), (3, &json!("yes\n")), "{output:#?}");
    let (metadata, spec) = (&pod["metadata"], &pod["spec"]);
    assert_eq!((&metadata["labels"]["team"], &metadata["labels"]["cost"]), (&json!("bank"), &json!("7")), "{pod:#}");
    assert_eq!(metadata["labels"]["multiflexi.eu/job"], "1", "{pod:#}");
    assert_eq!(metadata["annotations"]["example.org/a"], "1", "{pod:#}");
    // A cluster may put containers before it.
    assert_eq!(metadata["annotations"]["kubectl.kubernetes.io/default-container"], metadata["name"], "{pod:#}");
    // What the run says wins over what the definition says.
    assert_eq!((&spec["serviceAccountName"], &spec["terminationGracePeriodSeconds"]), (&json!("worker"), &json!(5)));
    assert_eq!(spec["nodeSelector"], json!({"kubernetes.io/os": "linux"}));
    assert_eq!(spec["imagePullSecrets"], json!([{"name": "registry"}]));
    let keys: Vec<&Value> = spec["tolerations"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert!(keys.contains(&&json!("a")) && keys.contains(&&json!("b")), "{keys:?}");
    let container = &spec["containers"][0];
    assert_eq!(container["imagePullPolicy"], "IfNotPresent");
    let limits = json!({"limits": {"cpu": "500m", "memory": "64Mi"}, "requests": {"cpu": "500m", "memory": "32Mi"}});
    assert_eq!(container["resources"], limits);
});

on_cluster!(the_documented_restricted_pod_runs_and_is_exact, |place| {
    // That a restricted namespace takes it is tested in pod_security.rs.
    let file = std::fs::read_to_string(root().join("examples/restricted-pod.json")).unwrap();
    let script = "id -u; touch /x || echo read-only; cat /proc/self/status | grep -E '^(CapEff|NoNewPrivs|Seccomp):' | \
                  tr -s '\\t\\n' ' '; echo; echo made >/tmp/f && cat /tmp/f; echo e >&2; exit 3";
    let (output, record, pod) = kept(&place, &json!({}), &serde_json::from_str(&file).unwrap(), script);
    let stdout = "1000\nread-only\nCapEff: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 \nmade\n";
    assert_eq!((output.code, &record["stdout"]), (3, &json!(stdout)), "{output:#?}");
    assert!(record["stderr"].as_str().unwrap().ends_with("e\n"), "{record:#}");
    let spec = &pod["spec"];
    assert_eq!(spec["securityContext"]["runAsNonRoot"], true);
    assert_eq!(spec["securityContext"]["seccompProfile"], json!({"type": "RuntimeDefault"}));
    for volume in spec["volumes"].as_array().unwrap() {
        assert!(volume["emptyDir"].is_object(), "{volume}");
    }
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        assert!(spec[key].is_null() || spec[key] == false, "{key}");
    }
    for container in spec["containers"].as_array().unwrap() {
        let security = &container["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], false);
        assert_eq!(security["capabilities"], json!({"drop": ["ALL"]}));
    }
});

/// Overrides that are refused, when, and the words for it.
const REFUSED: [(&str, i32, &str); 7] = [
    ("[]", 1, "not a JSON object"),
    ("{\"spec\": ", 1, "is not JSON"),
    (r#"{"spec": {"containers": [{"command": ["sh"]}]}}"#, 1, "spec.containers[0].command"),
    (r#"{"spec": {"nodeselector": {"a": "b"}}}"#, 125, "no field spec.nodeselector"),
    (
        r#"{"spec": {"containers": [{"resources": {"limit": {"memory": "1Gi"}}}]}}"#,
        125,
        "containers[0].resources.limit",
    ),
    (r#"{"spec": {"containers": [{"resources": {"limits": {"memory": "lots"}}}]}}"#, 125, "quantities must match"),
    (r#"{"spec": {"serviceAccountName": "nosuch"}}"#, 125, "create serviceaccount nosuch"),
];

on_cluster!(overrides_that_cannot_be_used_are_refused_in_words, |place| {
    place.prepare("echo ran", json!(null));
    for (overrides, code, words) in REFUSED {
        let file = place.env.file("overrides.json", overrides);
        let (output, record) = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
        assert_eq!((output.code, &record["stdout"]), (code, &json!("")), "{overrides}: {output:#?}");
        assert!(output.stderr.contains(words), "no {words:?} for {overrides}: {output:#?}");
        // What is seen to be wrong before anything is done leaves the job in the queue.
        assert_eq!(record["begin"].is_null(), code == 1, "{record:#}");
        place.nothing_is_left();
    }
});

/// Variables that some shell acts on, drops or sets.
const OF_SHELLS: [&str; 6] = ["IFS", "OPTIND", "ENV", "PS4", "a.b", "a-b"];

#[needs(cluster)]
#[test]
fn variables_of_the_overrides_arrive_whatever_a_shell_makes_of_them() {
    at_once(["shell", "debian"], |image| {
        let place = Place::new();
        let mut own = OF_SHELLS.map(|name| json!({"name": name, "value": format!("x {name}")})).to_vec();
        own.push(json!({"name": "REFERS", "value": "$(IFS) and $$(IFS)"}));
        place.apply(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: more}, data: {more.of-it: some, REPLY: other, PASSWORD: theirs}}",
        );
        place.prepare_with(|definition| {
            definition["ociimage"] = format!("localhost/mfx-{image}:1").into();
            definition["executable"] = "env".into();
            definition["environment"] = json!({
                "IFS": {"type": "string", "description": "i", "defval": "of the job", "required": false},
                "PASSWORD": {"type": "password", "description": "p", "defval": "secret", "required": false},
            });
            definition["kubernetes"]["podOverrides"] =
                json!({"spec": {"containers": [{"env": own, "envFrom": [{"configMapRef": {"name": "more"}}]}]}});
        });
        let (output, record) = place.env.run_job(&[]);
        assert_eq!(output.code, 0, "{image}: {output:#?} {record:#}");
        let printed: Vec<&str> = record["stdout"].as_str().unwrap().lines().collect();
        for name in OF_SHELLS {
            assert!(printed.contains(&format!("{name}=x {name}").as_str()), "{image}: no {name}: {printed:#?}");
        }
        for line in ["more.of-it=some", "REPLY=other", "PASSWORD=secret", "REFERS=x IFS and $(IFS)"] {
            assert!(printed.contains(&line), "{image}: no {line}: {printed:#?}");
        }
    });
}
