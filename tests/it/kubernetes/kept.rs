//! The pod of a failed job that is kept.

use serde_json::json;

use super::{notices, on_cluster};

on_cluster!(what_runs_on_in_a_pod_that_is_kept_is_named, |place| {
    let kubernetes = json!({
        "helm": {"enabled": false}, "artifacts": {"enabled": false, "keepPodOnFailure": true},
        "podOverrides": {"spec": {"containers": [
            {"name": "side", "image": "localhost/mfx-shell:1", "command": ["sleep", "300"]},
        ]}},
    });
    let (output, record) = place.run("exit 3", kubernetes, &[]);
    assert_eq!((output.code, place.pods().len()), (3, 1), "{output:#?}");
    let told = notices(&record);
    assert!(told.contains("beside the job's container runs on, until then: side; remove it with"), "{told}");
});
