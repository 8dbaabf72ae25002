//! A program's variables come whole, and nothing of the recorder's with them, however large they are and wherever nothing can be written.

use needs::needs;
use serde_json::json;

use super::Place;
use crate::at_once::at_once;
use crate::env::set_script;

/// An image whose shell is bash, and one whose is busybox's; how the program prints some of its variables.
const CASES: [(&str, &str); 2] = [
    (
        "localhost/mfx-entry:1",
        "mapfile -d '' e </proc/$$/environ; for v in \"${e[@]}\"; do case $v in ENV=*|a.b=*|mfx_is*) echo \"$v\";; esac; done",
    ),
    ("localhost/mfx-shell:1", "tr '\\0' '\\n' </proc/$$/environ | grep -E '^(ENV|a.b|mfx_is)'"),
];

#[needs(cluster)]
#[test]
fn large_variables_come_whole_where_nothing_can_be_written() {
    at_once(CASES, |(image, script)| is_whole(image, script));
}

#[track_caller]
fn is_whole(image: &str, script: &str) {
    let place = Place::new();
    let large = "x".repeat(70_000);
    place.prepare_with(|definition| {
        let variable = |value: &str| json!({"type": "string", "description": "v", "defval": value, "required": false});
        set_script(definition, &format!("{script}; echo ${{#LARGE}}; wait; echo end"));
        definition["ociimage"] = image.into();
        definition["environment"] =
            json!({"LARGE": variable(&large), "ENV": variable("production"), "a.b": variable("dotted")});
        definition["kubernetes"]["podOverrides"] =
            json!({"spec": {"containers": [{"securityContext": {"readOnlyRootFilesystem": true}}]}});
    });
    let (output, record) = place.env.run_job(&[]);
    let mut lines: Vec<&str> = record["stdout"].as_str().unwrap().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["70000", "ENV=production", "a.b=dotted", "end"], "{image}: {output:#?}");
    assert_eq!((&record["stderr"], &record["exitcode"]), (&json!(""), &json!(0)), "{image}: {output:#?}");
}
