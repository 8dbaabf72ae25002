//! Pods that never start: images that cannot be had, and what the cluster refuses.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use needs::needs;
use serde_json::{Value, json};
use sha2::Digest as _;

use super::{Place, not_run, on_cluster};
use crate::at_once::at_once;

/// What may yet change is given 15 s, slow machines more; but the limits of a pull (120 s) and of a start are not sat out.
const AT_ONCE: Duration = Duration::from_secs(100);

fn run_image(place: &Place, image: &str, overrides: &Value) -> (crate::env::Output, Value) {
    place.prepare_with(|definition| {
        definition["ociimage"] = image.into();
        // A pod that ran nothing has nothing to keep it for.
        definition["kubernetes"]["artifacts"]["keepPodOnFailure"] = true.into();
    });
    let file = place.env.file("overrides.json", &overrides.to_string());
    let started = Instant::now();
    let ran = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
    assert!(started.elapsed() < AT_ONCE, "{image}: {:?}", started.elapsed());
    ran
}

/// F20: images that will never come, and the reason's code. kubectl itself refuses the third.
const IMAGES: [(&str, &str, &str); 4] = [
    ("registry.invalid/nosuch:1", "ImagePull", "IfNotPresent"),
    ("localhost/mfx-shell:nosuch", "ImagePull", "IfNotPresent"),
    ("localhost/UPPER:1", "InvalidImageName", "IfNotPresent"),
    ("localhost/absent:1", "ErrImageNeverPull", "Never"),
];

#[needs(cluster)]
#[test]
fn an_image_that_cannot_be_had_is_named_at_once() {
    at_once(IMAGES, |(image, code, policy)| {
        let place = Place::new();
        let overrides = json!({"spec": {"containers": [{"imagePullPolicy": policy}]}});
        let ran = run_image(&place, image, &overrides);
        not_run(&ran, code, &[image]);
        place.nothing_is_left();
    });
}

/// F21: objects in the namespace, what the pod asks for, and the server's words.
const REFUSALS: [(&str, &str, &str, &str); 4] = [
    ("a quota that demands limits", "hard: {limits.cpu: '1'}", "QuotaExceeded", "limits.cpu"),
    ("a quota of no pods", "hard: {pods: '0'}", "QuotaExceeded", "pods=0"),
    ("a limit range", "limits: [{type: Container, max: {memory: 16Mi}}]", "LimitRange", "16Mi"),
    ("no room on any node", "", "Unschedulable", "Insufficient cpu"),
];

#[needs(cluster)]
#[test]
fn what_the_cluster_refuses_is_told_in_its_words() {
    at_once(REFUSALS, |(_what, spec, code, words)| {
        let place = Place::new();
        let kind = if spec.starts_with("limits") { "LimitRange" } else { "ResourceQuota" };
        if !spec.is_empty() {
            place.apply(&format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: limit}}, spec: {{{spec}}}}}"));
        }
        let requests = if spec.is_empty() { json!({"cpu": "1000"}) } else { json!({"memory": "64Mi"}) };
        let limits = if spec.is_empty() { json!({}) } else { json!({"memory": "64Mi"}) };
        let resources = json!({"requests": requests, "limits": limits});
        let overrides = json!({"spec": {"containers": [{"resources": resources}]}});
        let ran = run_image(&place, "localhost/mfx-shell:1", &overrides);
        not_run(&ran, code, &[words]);
        place.nothing_is_left();
    });
}

on_cluster!(a_service_account_that_is_not_there_is_named, |place| {
    let ran = run_image(&place, "localhost/mfx-shell:1", &json!({"spec": {"serviceAccountName": "nosuch"}}));
    assert_eq!(ran.0.code, 125, "{ran:#?}");
    assert!(ran.1["reason"].as_str().unwrap().contains("nosuch"), "{ran:#?}");
    place.nothing_is_left();
});

on_cluster!(a_secret_that_is_not_there_is_named, |place| {
    let container = json!({"envFrom": [{"secretRef": {"name": "nosuch"}}]});
    let ran = run_image(&place, "localhost/mfx-shell:1", &json!({"spec": {"containers": [container]}}));
    assert_eq!(ran.0.code, 125, "{ran:#?}");
    assert!(ran.1["reason"].as_str().unwrap().contains("nosuch"), "{ran:#?}");
    place.nothing_is_left();
});

/// A registry that takes connections and answers nothing, for as long as the listener lives.
pub fn silent_registry() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("127.0.0.1:{}/silent:1", listener.local_addr().unwrap().port());
    (listener, image)
}

on_cluster!(a_registry_s_fault_is_given_time, |place| {
    // 503 at every try: it is tried more than once, and the words say what the registry said.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("127.0.0.1:{}/busy:1", listener.local_addr().unwrap().port());
    let tries = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = tries.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ =
                stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    });
    place.prepare_with(|definition| definition["ociimage"] = image.as_str().into());
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    // Not given up at the first try: the second comes after the kubelet's back-off of 10 s.
    crate::job::wait_until(|| super::notices(&place.record(&id)).contains("503"));
    let first = tries.load(std::sync::atomic::Ordering::Relaxed);
    crate::job::wait_until(|| tries.load(std::sync::atomic::Ordering::Relaxed) > first);
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(job.id().cast_signed()), nix::sys::signal::SIGTERM).unwrap();
    let output = job.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    place.nothing_is_left();
});

/// A registry with one image, a busybox, that answers 503 until it is told that it has recovered.
fn faltering_registry() -> (String, Arc<AtomicBool>) {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkdir -p bin tmp && cp /bin/busybox bin/ && \
        for name in sh tee mkfifo wc mv tail sleep echo cat; do ln -s busybox bin/$name; done && tar -cf layer.tar bin tmp";
    let made = std::process::Command::new("sh").args(["-ec", script]).current_dir(folder.path()).status().unwrap();
    assert!(made.success());
    let digest = |bytes: &[u8]| {
        let hex: String = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    };
    let layer = std::fs::read(folder.path().join("layer.tar")).unwrap();
    let config = json!({"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]}});
    let config = config.to_string().into_bytes();
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let part = |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()});
    let manifest = json!({"schemaVersion": 2, "mediaType": kind,
        "config": part("application/vnd.oci.image.config.v1+json", &config),
        "layers": [part("application/vnd.oci.image.layer.v1.tar", &layer)]});
    let manifest = manifest.to_string().into_bytes();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("127.0.0.1:{}/faltering:1", listener.local_addr().unwrap().port());
    let recovered = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&recovered);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let is_up = is_up.load(Ordering::Relaxed);
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let body = [&manifest, &config, &layer].into_iter().find(|part| request.contains(&digest(part)));
            let body = body.or(request.contains("/manifests/1 ").then_some(&manifest));
            let head = match body {
                _ if !is_up => "503 Service Unavailable\r\nContent-Length: 0\r\n".to_owned(),
                None => "404 Not Found\r\nContent-Length: 0\r\n".to_owned(),
                Some(body) => {
                    let kind = if *body == manifest { kind } else { "application/octet-stream" };
                    let (size, digest) = (body.len(), digest(body));
                    format!(
                        "200 OK\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nDocker-Content-Digest: {digest}\r\n"
                    )
                }
            };
            let _ = stream.write_all(format!("HTTP/1.1 {head}Connection: close\r\n\r\n").as_bytes());
            if let Some(body) = body.filter(|_| is_up && request.starts_with("GET ")) {
                let _ = stream.write_all(body);
            }
        }
    });
    (image, recovered)
}

on_cluster!(a_registry_that_recovers_runs_the_job, |place| {
    // F20: 503 at first, then the image. How often it is asked until that is an error differs from containerd to containerd.
    let (image, recovered) = faltering_registry();
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "echo ran");
        definition["ociimage"] = image.as_str().into();
    });
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| super::notices(&place.record(&id)).contains("503"));
    recovered.store(true, Ordering::Relaxed);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["stdout"]), (Some(0), &json!("ran\n")), "{output:#?} {record:#}");
    place.nothing_is_left();
});

on_cluster!(what_a_kubelet_does_not_take_is_told_in_its_words, |place| {
    let sysctls = json!([{"name": "kernel.msgmax", "value": "65536"}]);
    let ran = run_image(&place, "localhost/mfx-shell:1", &json!({"spec": {"securityContext": {"sysctls": sysctls}}}));
    not_run(&ran, "NodeFault", &["SysctlForbidden", "kernel.msgmax"]);
    place.nothing_is_left();
});

on_cluster!(an_image_that_is_still_being_pulled_is_named, |mut place| {
    let (_registry, image) = silent_registry();
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    let ran = run_image(&place, &image, &json!({}));
    not_run(&ran, "DidNotStart", &["Pulling", &image]);
    place.nothing_is_left();
});

on_cluster!(a_pod_that_is_told_to_go_before_it_began_ends_the_job_though_a_finalizer_keeps_it, |mut place| {
    let (_registry, image) = silent_registry();
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    place.prepare_with(|definition| definition["ociimage"] = image.as_str().into());
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| !place.pods().is_empty());
    let pod = place.pods().remove(0);
    let patch = |finalizers: &str| format!(r#"{{"metadata": {{"finalizers": {finalizers}}}}}"#);
    place.kubectl(&["patch", "pod", &pod, "--type=merge", "-p", &patch(r#"["example.org/hold"]"#)]).ok();
    place.kubectl(&["delete", "pod", &pod, "--wait=false"]).ok();
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    place.kubectl(&["patch", "pod", &pod, "--type=merge", "-p", &patch("null")]).ok();
    not_run(&(output.into(), record), "PodDeleted", &[&pod]);
});

on_cluster!(a_pod_for_which_another_makes_room_is_waited_for, |place| {
    // Nobody else wants this port of the node.
    let port = 10_000 + std::process::id() % 9_000;
    let ports = json!([{"containerPort": port, "hostPort": port}]);
    place.create_priority_class();
    // It takes longer to go than a pod that cannot be scheduled is waited for.
    let other = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other"},
        "spec": {
            "terminationGracePeriodSeconds": 30,
            "containers": [{"name": "other", "image": "localhost/mfx-shell:1", "command": ["sleep", "600"], "ports": ports}],
        },
    });
    place.apply(&other.to_string());
    crate::job::wait_until(|| {
        place.kubectl(&["get", "pod", "other", "-o", "jsonpath={.status.phase}"]).stdout == "Running"
    });
    let overrides = json!({"spec": {"priorityClassName": place.namespace, "containers": [{"ports": ports}]}});
    let file = place.env.file("overrides.json", &overrides.to_string());
    let (output, record) = place.run("echo ran", json!(null), &["--pod-overrides", file.to_str().unwrap()]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
});

/// A pod that mounts this claim.
fn mounting(claim: &str) -> Value {
    json!({"spec": {
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}],
        "containers": [{"volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
    }})
}

on_cluster!(a_volume_that_is_just_being_made_is_waited_for, |place| {
    let (name, size) = (&place.namespace, "{storage: 1Mi}");
    let access = "storageClassName: '', accessModes: [ReadWriteOnce]";
    place.apply(&format!(
        "{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: slow}}, spec: {{{access}, resources: {{requests: {size}}}}}}}"
    ));
    place.prepare("echo ran >/data/file; cat /data/file", json!({"podOverrides": mounting("slow")}));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| super::notices(&place.record(&id)).contains("unbound immediate PersistentVolumeClaims"));
    // Longer than a pod for which there is no room is waited for.
    std::thread::sleep(Duration::from_secs(18));
    let claim = format!("claimRef: {{namespace: {name}, name: slow}}");
    let path = place.env.path().join("volume");
    place.apply(&format!(
        "{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: {name}}}, spec: {{{access}, capacity: {size}, {claim}, \
         hostPath: {{path: {}, type: DirectoryOrCreate}}}}}}",
        path.display()
    ));
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["stdout"]), (Some(0), &json!("ran\n")), "{output:#?} {record:#}");
});

on_cluster!(a_claim_that_is_not_there_is_named, |place| {
    let ran = run_image(&place, "localhost/mfx-shell:1", &mounting("nosuch"));
    not_run(&ran, "Unschedulable", &["persistentvolumeclaim \"nosuch\" not found"]);
    place.nothing_is_left();
});

/// Whoever set a scheduling gate, as queues for whole batches do, removes it when it is the pod's turn.
#[needs(cluster 1.30)]
#[test]
fn a_scheduling_gate_is_waited_for() {
    let place = Place::new();
    let gated = json!({"spec": {"schedulingGates": [{"name": "example.org/turn"}]}});
    place.prepare("echo ran", json!({"podOverrides": gated}));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| super::notices(&place.record(&id)).contains("SchedulingGated"));
    std::thread::sleep(Duration::from_secs(18));
    place.kubectl(&["patch", "pod", &place.pods()[0], "-p", r#"{"spec": {"schedulingGates": null}}"#]).ok();
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["stdout"]), (Some(0), &json!("ran\n")), "{output:#?} {record:#}");
}

on_cluster!(the_image_that_failed_is_named_and_no_other, |place| {
    let of = |image: &str| json!({"spec": {"containers": [{"image": image}]}});
    let ran = run_image(&place, "localhost/mfx-shell:1", &of("nosuch.invalid/x:1"));
    not_run(&ran, "ImagePull", &["nosuch.invalid/x:1"]);
    assert!(!ran.0.stderr.contains("mfx-shell"), "{ran:#?}");
    let file = place.env.file("overrides.json", &of("localhost/UPPER:1").to_string());
    let ran = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
    not_run(&ran, "InvalidImageName", &["the image name localhost/UPPER:1"]);
    let ran = place.env.run_job(&["--recorder-image=localhost/absent:9"]);
    not_run(&ran, "ImagePull", &["the image localhost/absent:9 cannot be pulled"]);
    assert!(!ran.0.stderr.contains("mfx-shell"), "{ran:#?}");
});

#[needs::needs(cluster 1.30)]
#[test]
fn a_policy_of_the_cluster_that_refuses_a_pod_is_told_so() {
    let place = Place::new();
    let (name, namespace) = (&place.namespace, json!({"kubernetes.io/metadata.name": place.namespace}));
    let rule = json!({"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]});
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"namespaceSelector": {"matchLabels": namespace}, "resourceRules": [rule]},
            "validations": [{"expression": "false", "message": "not here"}],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    });
    place.apply(&policy.to_string());
    place.apply(&binding.to_string());
    // The server takes it up a moment later.
    let made = ["run", "x", "--image=x", "--dry-run=server"];
    crate::job::wait_until(|| place.kubectl(&made).stderr.contains("not here"));
    let ran = place.run("true", json!(null), &[]);
    let kinds = ["validatingadmissionpolicy", "validatingadmissionpolicybinding"].map(|kind| format!("{kind}/{name}"));
    place.kubectl(&["delete", &kinds[0], &kinds[1]]).ok();
    not_run(&ran, "AdmissionDenied", &["not here", "a rule of the cluster"]);
}
