//! A job's environment: which layer a variable comes from, and the variables that every job is given.
//!
//! Later layers win. A runtemplate's values and one-time overrides only change a field's value, so that it keeps its kind and
//! description; credentials, injected and company variables bring fields of their own. What was once secret stays secret.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::executor::{ExecutorName, Variable};
use crate::id::{AppId, CompanyId, JobId, RunTemplateId};
use crate::job::field::{Field, source};

/// Where the fields of an environment come from; each later one wins.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// What the application's definition declares.
    pub defaults: Vec<Field>,
    /// What the prototypes of the assigned credentials declare.
    pub credential_defaults: Vec<Field>,
    /// The runtemplate's own values.
    pub runtemplate: Vec<Field>,
    /// The fields of the assigned credentials.
    pub credentials: Vec<Field>,
    /// See [`injected`].
    pub injected: Vec<Field>,
    /// The company's variables.
    pub company: Vec<Field>,
    /// Given for this run only.
    pub overrides: Vec<Field>,
}

/// Puts the layers together: one field a name, sorted by name.
///
/// A value that is NULL leaves what an earlier layer said, and at last the default.
pub fn compose(layers: Layers) -> Vec<Field> {
    let mut fields = BTreeMap::new();
    let Layers { defaults, credential_defaults, runtemplate, credentials, injected, company, overrides } = layers;
    defaults.into_iter().chain(credential_defaults).for_each(|field| replace(&mut fields, field));
    runtemplate.into_iter().for_each(|field| set_value(&mut fields, field));
    [credentials, injected, company].into_iter().flatten().for_each(|field| replace(&mut fields, field));
    overrides.into_iter().for_each(|field| set_value(&mut fields, field));
    fields.into_values().collect()
}

/// A field of its own: only what it leaves open is kept from the earlier one.
fn replace(fields: &mut BTreeMap<String, Field>, mut field: Field) {
    if let Some(earlier) = fields.remove(&field.code) {
        field.secret |= earlier.is_secret();
        field.default = field.default.or(earlier.default);
    }
    fields.insert(field.code.clone(), field);
}

fn set_value(fields: &mut BTreeMap<String, Field>, field: Field) {
    match fields.get_mut(&field.code) {
        None => drop(fields.insert(field.code.clone(), field)),
        Some(_) if field.value.is_none() => {}
        Some(earlier) => {
            earlier.secret |= field.is_secret();
            earlier.value = field.value;
            earlier.source = field.source;
        }
    }
}

/// The environment as the executor takes it, in the order of names.
///
/// A field with neither value nor default is an empty variable, as the suite has it.
///
/// # Errors
/// A name or value that no environment can hold.
pub fn to_variables(fields: &[Field]) -> Result<Vec<Variable>> {
    fields
        .iter()
        .map(|field| {
            let value = field.effective().unwrap_or_default();
            if field.code.is_empty() || field.code.contains(|c: char| c == '=' || c.is_control()) {
                return Err(Error::refused(format!(
                    "`{}` cannot be the name of a variable",
                    field.code.escape_debug()
                ))
                .hint(format!("rename it where it comes from: {}", field.source)));
            }
            if value.contains('\0') {
                return Err(Error::refused(format!(
                    "the value of {} holds a NUL byte, which no variable can hold",
                    field.code
                ))
                .hint(format!("change it where it comes from: {}", field.source)));
            }
            Ok(Variable { name: field.code.clone(), value: value.to_string(), secret: field.is_secret() })
        })
        .collect()
}

/// Whether a text is a variable's name: letters, digits and `_`, no digit first.
pub fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is to be told of variables that a program may not get because of their names, a sentence each.
///
/// Definitions may declare such: `2FA_TOKEN`, `BANKA+`. What Kubernetes does not take its executor tells.
pub fn undelivered(fields: &[Field], executor: &ExecutorName, is_by_shell: bool) -> Vec<String> {
    if *executor == ExecutorName::Kubernetes || !is_by_shell {
        return Vec::new();
    }
    let odd = fields.iter().map(|field| field.code.as_str()).filter(|code| !is_name(code));
    odd.map(|name| {
        format!(
            "the variable {name}: the shell that the parameters need may not hand on a variable of such a name; a macro {{{name}}} in \
             the parameters has its value"
        )
    })
    .collect()
}

/// What a job is told of itself.
#[derive(Clone, Debug)]
pub struct JobFacts<'a> {
    /// `None` before the job's row is there.
    pub job_id: Option<JobId>,
    pub executor: &'a ExecutorName,
    /// Of this program.
    pub version: &'a str,
    /// The directory for temporary files.
    pub tmp: &'a str,
    pub application_id: AppId,
    pub application_name: &'a str,
    pub application_uuid: &'a str,
    pub company_id: CompanyId,
    pub company_slug: &'a str,
    pub company_name: &'a str,
    pub runtemplate_id: RunTemplateId,
    pub runtemplate_name: &'a str,
}

/// The variables that every job is given.
pub fn injected(facts: &JobFacts) -> Vec<Field> {
    let text = |name: &str, value: &str, source: &str| Field::new(format!("MULTIFLEXI_{name}"), value, source);
    let id = |name: &str, id: &dyn std::fmt::Display, source: &str| Field {
        kind: "integer".into(),
        ..text(name, &id.to_string(), source)
    };
    let mut fields = vec![
        Field::new("EASE_LOGGER", "syslog|console|console", "Logger"),
        text("EXECUTOR", facts.executor.as_str(), "MultiFlexi"),
        text("VERSION", facts.version, "MultiFlexi"),
        text("TMP", facts.tmp, "MultiFlexi"),
        id("APPLICATION_ID", &facts.application_id, "Application"),
        text("APPLICATION_NAME", facts.application_name, "Application"),
        text("APPLICATION_UUID", facts.application_uuid, "Application"),
        id("COMPANY_ID", &facts.company_id, "Company"),
        text("COMPANY_CODE", facts.company_slug, "Company"),
        text("COMPANY_NAME", facts.company_name, "Company"),
        id("RUNTEMPLATE_ID", &facts.runtemplate_id, "RunTemplate"),
        text("RUNTEMPLATE_NAME", facts.runtemplate_name, "RunTemplate"),
    ];
    fields.extend(facts.job_id.map(|job| id("JOB_ID", &job, &source("Job", job))));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::field::OVERRIDE_SOURCE;

    fn named(code: &str, value: &str, source: &str) -> Field {
        Field::new(code, value, source)
    }

    #[test]
    fn later_layers_win() {
        let secret = Field { kind: "password".into(), default: Some("dflt".into()), ..named("S", "app", "App") };
        let layers = Layers {
            defaults: vec![named("Z", "app", "App"), named("A", "app", "App"), named("B", "app", "App"), secret],
            credential_defaults: ["A", "P"]
                .map(|code| Field { value: None, default: Some("proto".into()), ..named(code, "", "Proto") })
                .into(),
            runtemplate: vec![
                named("A", "rt", "Rt"),
                Field { value: None, ..named("B", "", "Rt") },
                named("S", "rt", "Rt"),
                named("NEW", "rt", "Rt"),
            ],
            credentials: vec![Field { value: None, ..named("S", "", "Cred") }, named("A", "cred", "Cred")],
            injected: vec![named("I", "in", "In")],
            company: vec![named("I", "co", "Co")],
            overrides: vec![named("Z", "over", OVERRIDE_SOURCE)],
        };
        let fields = compose(layers);
        let shown: Vec<_> = fields
            .iter()
            .map(|f| (f.code.as_str(), f.effective().unwrap(), f.source.as_str(), f.is_secret()))
            .collect();
        assert_eq!(
            shown,
            [
                ("A", "cred", "Cred", false),
                ("B", "app", "App", false),
                ("I", "co", "Co", false),
                ("NEW", "rt", "Rt", false),
                ("P", "proto", "Proto", false),
                ("S", "dflt", "Cred", true),
                ("Z", "over", OVERRIDE_SOURCE, false),
            ]
        );
    }

    #[test]
    fn an_override_keeps_what_is_known_of_the_field() {
        let known = Field { kind: "secret".into(), description: "what".into(), ..named("K", "1", "App") };
        let layers =
            Layers { defaults: vec![known], overrides: vec![named("K", "a=b", OVERRIDE_SOURCE)], ..Layers::default() };
        let [field] = &compose(layers)[..] else { panic!("one field") };
        assert_eq!((field.effective(), field.description.as_str(), field.is_secret()), (Some("a=b"), "what", true));
    }

    #[test]
    fn variables() {
        let fields = [Field { value: None, ..named("A", "", "x") }, Field { secret: true, ..named("B", "v", "x") }];
        let variables = to_variables(&fields).unwrap();
        let shown: Vec<_> = variables.iter().map(|v| (v.name.as_str(), v.value.as_str(), v.secret)).collect();
        assert_eq!(shown, [("A", "", false), ("B", "v", true)]);
        assert!(to_variables(&[named("A=B", "v", "x")]).is_err());
        assert!(to_variables(&[named("A", "v\0", "x")]).is_err());
        assert!(to_variables(&[named("A\nB", "v", "x")]).is_err());
    }

    #[test]
    fn names_that_some_programs_cannot_get() {
        let fields = [named("A", "", "x"), named("2FA", "", "x"), named("B+", "", "x"), named("c.d", "", "x")];
        let told = |executor, shell| undelivered(&fields, &executor, shell).len();
        assert_eq!(
            [
                told(ExecutorName::Native, false),
                told(ExecutorName::Native, true),
                told(ExecutorName::Podman, false),
                told(ExecutorName::Kubernetes, true),
            ],
            [0, 3, 0, 0]
        );
    }

    #[test]
    fn every_job_knows_itself() {
        let facts = JobFacts {
            job_id: Some(crate::id::JobId(5)),
            executor: &ExecutorName::Native,
            version: "1",
            tmp: "/tmp",
            application_id: crate::id::AppId(1),
            application_name: "App",
            application_uuid: "u",
            company_id: crate::id::CompanyId(2),
            company_slug: "ACME",
            company_name: "Acme",
            runtemplate_id: crate::id::RunTemplateId(3),
            runtemplate_name: "Rt",
        };
        let fields = injected(&facts);
        let find = |code: &str| fields.iter().find(|field| field.code == code).unwrap();
        assert_eq!(find("MULTIFLEXI_COMPANY_CODE").value.as_deref(), Some("ACME"));
        let job = find("MULTIFLEXI_JOB_ID");
        assert_eq!((job.source.as_str(), job.kind.as_str()), ("ease://MultiFlexi/Job#5", "integer"));
        assert_eq!(fields.len(), 13);
        assert_eq!(injected(&JobFacts { job_id: None, ..facts }).len(), 12);
    }
}
