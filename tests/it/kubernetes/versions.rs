//! The same job with old and new helm and kubectl, and what is told of their versions.

use needs::needs;
use serde_json::json;

use super::release::{CONFIG, release, with_chart};
use super::stub::Stub;
use super::{Place, artifact, on_cluster};
use crate::at_once::at_once;

#[needs(cluster)]
#[test]
fn each_helm_with_each_kubectl() {
    let pairs =
        ["helm", "helm3"].into_iter().flat_map(|helm| ["kubectl", "kubectl-1.32"].map(|kubectl| (helm, kubectl)));
    at_once(pairs, |(helm, kubectl)| run(helm, kubectl));
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
        let (output, record) = place.env.run_job(&["-v"]);
        let what = format!("{helm}, {kubectl}, job {job}");
        let versions = |program| record["versions"][program].as_str().unwrap_or_else(|| panic!("{what}: {record:#}"));
        assert!(versions("helm").starts_with(if helm == "helm3" { "v3." } else { "v4." }), "{what}: {record:#}");
        assert_eq!(versions("kubectl").starts_with("v1.32."), kubectl == "kubectl-1.32", "{what}: {record:#}");
        assert!(versions("server").contains(&std::env::var("MFX_TEST_KUBERNETES").unwrap()), "{what}: {record:#}");
        assert!(!output.stderr.contains("never tried"), "{what}: {output:#?}");
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

on_cluster!(a_version_that_was_never_tried_is_told_to_whoever_asks, |mut place| {
    place.prepare("exit 4", json!(null));
    let asked = place.env.path().join("asked");
    let other = format!(
        "echo >>{}; \"$real\" \"$@\" | sed 's/\"gitVersion\": \"v1[^\"]*/\"gitVersion\": \"v1.99.3/'; exit",
        asked.display()
    );
    Stub::of("kubectl").at("version", &other).install(&mut place);
    let words = "jobs were never tried with server v1.99.3";
    let told = [true, false, true].map(|is_asked_for| {
        let (output, record) = place.env.run_job(if is_asked_for { &["-v"] } else { &[] });
        assert_eq!(output.code, 4, "{output:#?}");
        assert_eq!(record["versions"], json!({"kubectl": "v1.99.3", "server": "v1.99.3"}), "{record:#}");
        assert_eq!(record.get("notices"), None, "{record:#}");
        output.stderr.contains(words)
    });
    assert_eq!(told, [true, false, true]);
    let page = place.env.screen(200, &["job", "get", "1", "-v"]).join("\n");
    assert!(page.contains("kubectl v1.99.3, server v1.99.3"), "{page}");
    // Once an hour.
    assert_eq!(std::fs::read_to_string(&asked).unwrap(), "\n");
    let doctor = place.env.run(&["doctor"]).stdout;
    assert!(doctor.contains("v1.99.3, which was never tested with this tool"), "{doctor}");
});

on_cluster!(a_kubectl_that_does_not_tell_its_version_holds_no_job, |mut place| {
    place.prepare("exit 4", json!(null));
    Stub::of("kubectl").at("version", "exec sleep 60").install(&mut place);
    let begun = std::time::Instant::now();
    let (output, record) = place.env.run_job(&[]);
    assert!(begun.elapsed().as_secs() < 50, "{output:#?}");
    assert_eq!((output.code, record.get("versions"), record.get("notices")), (4, None, None), "{record:#}");
});
