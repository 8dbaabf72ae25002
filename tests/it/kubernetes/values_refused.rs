//! Values for a chart that cannot be understood.

use serde_json::json;

use super::release::{CONFIG, with_chart};
use super::{not_run, on_cluster};

on_cluster!(a_list_s_index_that_is_none_is_refused, |place| {
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", json!(null));
    for key in ["list[5000]", "list[x]"] {
        place.import_with(|definition| {
            crate::env::set_script(definition, "echo ran");
            definition["kubernetes"] = with_chart(&place, json!({"set": {key: 1}}));
        });
        not_run(&place.env.run_job(&[]), "ChartValues", &["helm.set", key]);
    }
    assert!(place.helm(&["status", "test"]).code != 0);
    place.nothing_is_left();
});
