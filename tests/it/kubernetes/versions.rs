//! The same job with old and new helm and kubectl.

use needs::needs;
use serde_json::json;

use super::release::{CONFIG, release, with_chart};
use super::{Place, artifact};

#[needs(cluster)]
#[test]
fn each_helm_with_each_kubectl() {
    std::thread::scope(|scope| {
        for helm in ["helm", "helm3"] {
            for kubectl in ["kubectl", "kubectl-1.32"] {
                scope.spawn(move || run(helm, kubectl));
            }
        }
    });
}

fn run(helm: &str, kubectl: &str) {
    let mut place = Place::without_namespace();
    place.put_first(&[("helm", helm), ("kubectl", kubectl)]);
    place.chart(&[("config", CONFIG)]);
    let mut kubernetes = with_chart(&place, json!({"atomic": true, "set": {"x": "y"}}));
    kubernetes["artifacts"] = json!({"enabled": true, "outputPath": "/tmp/report"});
    place.prepare_with(|definition| {
        let script = "seq 1 2000; printf 'e%s' \"$PASSWORD\" | wc -c >&2; printf '%s' \"$PLAIN\" >/tmp/report; exit 3";
        crate::env::set_script(definition, script);
        definition["kubernetes"] = kubernetes;
        definition["environment"] = json!({
            "PASSWORD": {"type": "password", "description": "p", "defval": "12345", "required": false},
            "PLAIN": {"type": "string", "description": "p", "defval": "a,b=$(PATH) $$ 'x'", "required": false},
        });
    });
    // The first with nothing there, the second with the release deployed.
    for job in ["1", "2"] {
        let (output, record) = place.env.run_job(&[]);
        let what = format!("{helm}, {kubectl}, job {job}");
        assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{what}: {output:#?}");
        let lines: String = (1..=2000).map(|n| format!("{n}\n")).collect();
        assert!(record["stdout"] == lines, "{what}: stdout differs");
        assert_eq!(record["stderr"].as_str().map(str::trim), Some("6"), "{what}");
        let stored = artifact::stored(&place, job);
        assert_eq!(stored.len(), 1, "{what}: {record:#}");
        assert_eq!(stored[0].2, "a,b=$(PATH) $$ 'x'", "{what}");
    }
    assert_eq!(release(&place), ("deployed".to_owned(), 1));
    place.nothing_is_left();
}
