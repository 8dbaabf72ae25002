//! Artifacts that are named and are no plain files of the working directory: they are fetched, or it is said what they are.

use serde_json::json;

use super::{artifact, notices, on_cluster};
use crate::env::set_script;

on_cluster!(what_is_no_plain_file_is_told_by_what_it_is, |place| {
    place.prepare_with(|definition| {
        set_script(
            definition,
            "cd /tmp; mkdir -p out d; echo a >out/report.json; echo b >real.json; ln -s real.json link.json; echo c >d/x",
        );
        let artifact = |path: &str| json!({"name": "a", "path": path, "type": "file", "description": "It"});
        definition["artifacts"] = ["out/report.json", "link.json", "d", "absent"].map(artifact).into_iter().collect();
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let stored: Vec<String> = artifact::stored(&place, "1").into_iter().map(|artifact| artifact.0).collect();
    assert_eq!(stored, ["report.json"], "{record:#}");
    let told = notices(&record);
    for words in ["link.json is a link", "artifact missing: d is a directory", "absent does not exist"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(!told.contains("out/report.json"), "{told}");
});
