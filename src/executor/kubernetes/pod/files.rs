//! Uploaded files on their way into the pod: in its Secret, mounted read-only.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Pod, Recording, variables};
use crate::executor::artifacts::IN_CONTAINER;
use crate::executor::{Job, Reason, Variable};

/// A Secret holds so many bytes.
const LIMIT: u64 = 1 << 20;
/// The volume with the files.
pub const VOLUME: &str = "multiflexi-files";

/// What a file is called in the Secret: as no variable beside it can be, whose names do not begin with a digit.
fn key(number: usize) -> String {
    format!("{number}.file")
}

/// Do the files and the variables that go with them fit into a Secret?
///
/// # Errors
/// They do not; the largest is named.
pub fn check(job: &Job) -> Result<(), Reason> {
    let (files, variables) = (&job.files.uploaded, variables::sort(job, Recording::Log).secret);
    let sizes = files.iter().map(|file| file.size).chain(variables.iter().map(|it| it.value.len() as u64));
    let size = sizes.fold(0, u64::saturating_add);
    if size <= LIMIT {
        return Ok(());
    }
    let variable = variables.iter().max_by_key(|variable| variable.value.len());
    match (files.iter().max_by_key(|file| file.size), variable) {
        (Some(file), variable) if variable.is_none_or(|it| it.value.len() as u64 <= file.size) => {
            let (largest, largest_size) = (file.variable.clone(), file.size);
            Err(Reason::FilesTooLarge { size, limit: LIMIT, largest, largest_size })
        }
        (_, Some(variable)) => {
            let (largest, largest_size) = (variable.name.clone(), variable.value.len() as u64);
            Err(Reason::VariablesTooLarge { size, limit: LIMIT, largest, largest_size })
        }
        (_, None) => Ok(()),
    }
}

/// Puts the files into the Secret's manifest.
///
/// # Errors
/// A file cannot be read; the reason names the variable that it is for.
pub fn add(manifest: &mut Value, job: &Job) -> Result<(), Reason> {
    for (number, file) in job.files.uploaded.iter().enumerate() {
        let content = std::fs::read(&file.source).map_err(|cause| {
            let cause = cause.to_string();
            Reason::FileUnreadable { variable: file.variable.clone(), cause }
        })?;
        manifest["data"][key(number)] = BASE64_STANDARD.encode(content).into();
    }
    Ok(())
}

/// How the Secret comes into the pod: its variables into the container's environment, its files into a volume.
///
/// With files in it the variables are named one by one, lest the files become variables too; what is `overridden` stays as the
/// operator has it.
pub fn mount(pod: &Pod, job: &Job, overridden: &[&str], container: &mut Value, spec: &mut Value) {
    if !pod.secret {
        return;
    }
    if job.files.uploaded.is_empty() {
        append(container, "envFrom", json!({"secretRef": {"name": pod.name}}));
        return;
    }
    let variable = |variable: &Cow<'_, Variable>| json!({"name": variable.name, "valueFrom": {"secretKeyRef": {"name": pod.name, "key": variable.name}}});
    let secret = variables::sort(job, pod.recording).secret;
    container["env"] = secret.iter().filter(|it| !overridden.contains(&it.name.as_str())).map(variable).collect();
    let inside = |path: &str| path.strip_prefix(IN_CONTAINER).unwrap_or(path).trim_start_matches('/').to_owned();
    let item = |(number, path): (usize, String)| json!({"key": key(number), "path": inside(&path)});
    let paths = job.files.uploaded.iter().map(|file| file.path.clone());
    let items: Vec<Value> = paths.enumerate().map(item).collect();
    // Readable for whatever user the image runs as: nobody else is in the container.
    let volume = json!({"name": VOLUME, "secret": {"secretName": pod.name, "defaultMode": 0o444, "items": items}});
    append(spec, "volumes", volume);
    append(container, "volumeMounts", json!({"name": VOLUME, "mountPath": IN_CONTAINER, "readOnly": true}));
}

fn append(object: &mut Value, list: &str, value: Value) {
    match object[list].as_array_mut() {
        Some(list) => list.push(value),
        None => object[list] = json!([value]),
    }
}
