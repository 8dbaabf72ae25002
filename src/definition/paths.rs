//! Paths in a definition are meant from the definition's own folder; in the database they have to stand by themselves.

use std::path::Path;

use serde_json::Value;

/// Makes the paths of the chart and of the files that helm reads absolute where they begin with `./` or `../`.
///
/// Everything else is left: `repo/chart` is a chart of a repository, and looks like a path.
pub fn resolve(definition: &mut Value, file: &Path) {
    let Some(folder) = std::fs::canonicalize(file).ok().and_then(|file| file.parent().map(Path::to_owned)) else {
        return;
    };
    resolve_in(definition, &folder);
}

/// Makes the paths of a definition absolute that lies in no file, and means this folder.
pub fn resolve_in(definition: &mut Value, folder: &Path) {
    let Some(helm) = definition.pointer_mut("/kubernetes/helm") else { return };
    for key in ["chart", "registryConfig", "caFile"] {
        if let Some(path) = helm.get_mut(key) {
            absolute(path, folder);
        }
    }
    if let Some(files) = helm.get_mut("valuesFiles").and_then(Value::as_array_mut) {
        files.iter_mut().for_each(|file| absolute(file, folder));
    }
}

fn absolute(value: &mut Value, folder: &Path) {
    let Some(text) = value.as_str() else { return };
    if !text.starts_with("./") && !text.starts_with("../") {
        return;
    }
    let path = folder.join(text);
    // A path that is not there stays readable, and helm says that it is not there.
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    *value = path.display().to_string().into();
}
