//! Pods that never start: images that cannot be had, and what the cluster refuses.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Place, not_run, on_cluster};

/// Slow machines get their time, but no limit is sat out.
const AT_ONCE: Duration = Duration::from_secs(30);

fn run_image(place: &Place, image: &str, overrides: &Value) -> (crate::env::Output, Value) {
    place.prepare_with(|definition| definition["ociimage"] = image.into());
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

#[test]
fn an_image_that_cannot_be_had_is_named_at_once() {
    std::thread::scope(|scope| {
        for (image, code, policy) in IMAGES {
            scope.spawn(move || {
                let Some(place) = Place::new(image) else { return };
                let overrides = json!({"spec": {"containers": [{"imagePullPolicy": policy}]}});
                let ran = run_image(&place, image, &overrides);
                not_run(&ran, code, &[image]);
                place.nothing_is_left();
            });
        }
    });
}

/// F21: objects in the namespace, what the pod asks for, and the server's words.
const REFUSALS: [(&str, &str, &str, &str); 4] = [
    ("a quota that demands limits", "hard: {limits.cpu: '1'}", "QuotaExceeded", "limits.cpu"),
    ("a quota of no pods", "hard: {pods: '0'}", "QuotaExceeded", "pods=0"),
    ("a limit range", "limits: [{type: Container, max: {memory: 16Mi}}]", "LimitRange", "16Mi"),
    ("no room on any node", "", "Unschedulable", "Insufficient cpu"),
];

#[test]
fn what_the_cluster_refuses_is_told_in_its_words() {
    std::thread::scope(|scope| {
        for (what, spec, code, words) in REFUSALS {
            scope.spawn(move || {
                let Some(place) = Place::new(what) else { return };
                let kind = if spec.starts_with("limits") { "LimitRange" } else { "ResourceQuota" };
                if !spec.is_empty() {
                    place.apply(&format!(
                        "{{apiVersion: v1, kind: {kind}, metadata: {{name: limit}}, spec: {{{spec}}}}}"
                    ));
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
