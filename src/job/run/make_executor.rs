//! The executor that a job is for, with what its application and the options say of it.

use serde_json::{Value, json};

use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result};
use crate::executor::container::{Container, Engine};
use crate::executor::kubernetes::{Kubernetes, KubernetesSettings, Unfit, check_overrides, merge_overrides};
use crate::executor::native::Native;
use crate::executor::{Executor, ExecutorName};
use crate::foreign_name::ForeignName;
use crate::job::run::facts::RunFacts;
use crate::job::run::options::KubernetesOptions;

/// Makes the executor of a job. `definition` reads the `kubernetes` object of an application's row.
///
/// # Errors
/// This tool has no such executor, or the application or the options name what no program may be given.
pub async fn make_executor(
    db: &mut Db,
    facts: &RunFacts,
    options: &KubernetesOptions,
    definition: impl AsyncFn(&mut Db, &Row) -> Result<Option<Value>>,
) -> Result<Executor> {
    match &facts.job.executor {
        ExecutorName::Native => Ok(Executor::Native(Native)),
        ExecutorName::Docker => container(facts, Engine::Docker),
        ExecutorName::Podman => container(facts, Engine::Podman),
        ExecutorName::Kubernetes => {
            let definition = definition(db, &facts.application).await;
            let definition = definition.map_err(|error| Error { kind: Kind::NotRun, ..error })?.unwrap_or_default();
            Ok(Executor::Kubernetes(Box::new(Kubernetes::new(settings(facts, options, &definition)?))))
        }
        ExecutorName::Foreign(name) => Err(Error::new(
            Kind::NotRun,
            format!("job {} is for the executor {name}, which this tool cannot run yet", facts.job.id),
        )
        .hint("It runs Native, Kubernetes, Docker and Podman jobs; the suite's executor runs the others")),
    }
}

fn container(facts: &RunFacts, engine: Engine) -> Result<Executor> {
    let image = facts.application.text("ociimage").unwrap_or_default();
    ForeignName::Image
        .check(image.trim())
        .map_err(|why| unfit(facts, &Unfit { what: "ociimage", value: format!("{image:?}"), why }))?;
    Ok(Executor::Container(Container::new(engine, &image)))
}

/// What the application says of its pod, and over that what the options say.
fn settings(facts: &RunFacts, options: &KubernetesOptions, definition: &Value) -> Result<KubernetesSettings> {
    let text = |column| facts.application.text(column).unwrap_or_default();
    let chart = facts.application.filled("helmchart");
    let mut settings = KubernetesSettings::new(&text("name"), &text("ociimage"), chart.as_deref(), definition);
    settings.check(definition).map_err(|unfit| self::unfit(facts, &unfit))?;
    settings.kubeconfig.clone_from(&options.kubeconfig);
    settings.context.clone_from(&options.context);
    let checked = |overrides: &Value, whose: &str| {
        check_overrides(overrides).map_err(|why| Error::refused(format!("{whose}: {why}")))
    };
    if let Some(overrides) = &settings.pod_overrides {
        checked(overrides, &format!("the podOverrides of the application {}", text("name")))?;
    }
    if let Some((file, overrides)) = &options.pod_overrides {
        checked(overrides, &format!("the pod overrides {}", file.display()))?;
        merge_overrides(settings.pod_overrides.get_or_insert_with(|| json!({})), overrides.clone());
    }
    if options.recorder_image.is_some() {
        settings.recorder_image.clone_from(&options.recorder_image);
    }
    settings.repair_release = options.repair_release;
    settings.hold = options.hold.unwrap_or(settings.hold);
    Ok(settings)
}

/// The error of an application whose row or definition holds what no program may be given.
fn unfit(facts: &RunFacts, Unfit { what, value, why }: &Unfit) -> Error {
    let name = facts.application.text("name").unwrap_or_default();
    let id = facts.application.text("id").unwrap_or_default();
    Error::new(Kind::NotRun, format!("the {what} {value} of the application {name} {why}"))
        .hint(format!("Correct it: `multiflexi-cli application update --id={id}`, or import its definition again"))
}
