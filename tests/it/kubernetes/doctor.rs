//! `doctor` in front of a real cluster.

use serde_json::{Value, json};

use super::rights::{act_as, apply_role};
use super::{Place, on_cluster};

/// What a check says: its state, its words and the remedy.
fn of(found: &Value, check: &str) -> (String, String) {
    let finding = found.as_array().unwrap().iter().find(|finding| finding["check"] == check);
    let finding = finding.unwrap_or_else(|| panic!("no {check} in {found:#}"));
    (finding["state"].as_str().unwrap().to_owned(), format!("{} {}", finding["message"], finding["remedy"]))
}

fn examine(place: &Place, arguments: &[&str], code: i32) -> Value {
    place.env.json_of(&[&["doctor"], arguments].concat(), code)
}

on_cluster!(a_cluster_with_its_rights, |mut place| {
    place.prepare("true", json!(null));
    let found = examine(&place, &[], 0);
    for check in ["kubectl", "helm", "context"] {
        assert_eq!(of(&found, check).0, "ok", "{found:#}");
    }
    for check in ["namespace", "rights"] {
        let (state, words) = of(&found, check);
        assert!(state == "ok" && words.contains(&place.namespace), "{found:#}");
    }
    // Whoever has the documented role has all; a namespace's state is not theirs to see.
    apply_role(&place, "", "");
    act_as(&mut place, "multiflexi-runner");
    let found = examine(&place, &[], 0);
    assert_eq!(of(&found, "rights").0, "ok", "{found:#}");
    assert!(of(&found, "namespace").1.contains("may not be looked at"), "{found:#}");
    // Without a part of it, that is named.
    apply_role(&place, "[pods/attach, pods/exec]", "[pods/attach]");
    place.kubectl(&["delete", "rolebinding", "multiflexi-charts"]).ok();
    let (state, words) = of(&examine(&place, &[], 1), "rights");
    assert!(state == "fail" && words.contains("create pods/exec, get pods/exec"), "{words}");
    assert!(!words.contains("pods/attach") && words.contains("kubernetes-role.yaml"), "{words}");
    let (state, words) = of(&examine(&place, &["--context=nosuch"], 1), "cluster");
    assert!(
        state == "fail" && words.contains("config get-contexts` lists") && !words.contains("cluster-info"),
        "{words}"
    );
});

on_cluster!(a_namespace_that_is_not_there, |place| {
    place.prepare("true", json!(null));
    place.import_with(|definition| definition["kubernetes"] = json!({"helm": {"namespace": "nosuch-at-all"}}));
    let (state, words) = of(&examine(&place, &[], 0), "namespace");
    assert!(state == "warn" && words.contains(" create namespace nosuch-at-all`"), "{words}");
    assert!(words.contains(&format!("`kubectl {} --context=", place.kubeconfig_option())), "{words}");
});
