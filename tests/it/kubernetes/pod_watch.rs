//! A pod that takes its time to start: one kubectl watches it, and where it cannot the pod is asked for.

use serde_json::{Value, json};

use super::{Place, not_run, on_cluster};

/// A kubectl that notes its looks at pods, and does this first. Where it notes them.
fn noted(place: &mut Place, first: &str) -> std::path::PathBuf {
    let (kubectl, notes) = (super::tools().join("kubectl"), place.env.path().join("looks"));
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *\" get pod\"*) echo \"$*\" >>'{}' ;; esac\n{first}\nexec '{}' \"$@\"\n",
        notes.display(),
        kubectl.display()
    );
    place.put_script_first("kubectl", &script);
    notes
}

/// So many looks by watching, and by asking.
fn looks(notes: &std::path::Path) -> (usize, usize) {
    let notes = std::fs::read_to_string(notes).unwrap_or_default();
    let watches = notes.lines().filter(|look| look.contains(" --watch ")).count();
    (watches, notes.lines().count() - watches)
}

on_cluster!(a_pod_that_takes_its_time_is_watched_by_one_kubectl, |mut place| {
    let notes = noted(&mut place, "");
    // A busy machine would leave it alone for longer.
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "4");
    let slow = json!({"name": "slow", "image": "localhost/mfx-shell:1", "command": ["sleep", "8"]});
    let overrides = json!({"spec": {"initContainers": [slow]}});
    let file = place.env.file("overrides.json", &overrides.to_string());
    let (output, record) = place.run("echo ran", json!(null), &["--pod-overrides", file.to_str().unwrap()]);
    assert_eq!((output.code, &record["stdout"], &record["notices"]), (0, &json!("ran\n"), &Value::Null), "{record:#}");
    let (watches, asks) = looks(&notes);
    assert!(watches == 1 && asks <= 2, "{watches} watches, {asks} asked");
});

on_cluster!(where_it_cannot_be_watched_it_is_asked_for, |mut place| {
    let notes = noted(&mut place, "case \" $* \" in *\" --watch \"*) exit 1 ;; esac");
    place.prepare_with(|definition| definition["ociimage"] = "localhost/mfx-nowhere:1".into());
    let ran = place.env.run_job(&[]);
    not_run(&ran, "ImagePull", &["localhost/mfx-nowhere:1"]);
    let (watches, asks) = looks(&notes);
    assert!(watches == 1 && asks >= 1, "{watches} watches, {asks} asked");
    place.nothing_is_left();
});
