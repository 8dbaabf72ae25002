//! A job's files: what was uploaded for it, where its results go, and what of them is kept.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Once;

use sea_query::{Expr, ExprTrait, Order, Query};

use crate::db::content::{ARTIFACT_FIELD, Content, Limit};
use crate::db::expression::{byte_length, refers_to_none};
use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::executor::artifacts::{IN_CONTAINER, LimitSetBy, SizeLimit};
use crate::executor::workdir::{self, Directory, remove_abandoned, uploaded};
use crate::executor::{self, ArtifactPattern, ExecutorName, Uploaded};
use crate::id::{AppId, JobId, RunTemplateId};
use crate::job::field::{self, Field, OVERRIDE_SOURCE};
use crate::job::model::Job;
use crate::state;

/// Names the file of its results to a program.
const RESULT_FILE: &str = "RESULT_FILE";
const TMP: &str = "MULTIFLEXI_TMP";
/// The temporary folder of a container or pod.
const CONTAINER_TMP: &str = "/tmp";
/// Where the suite's packages have jobs keep files.
pub const PACKAGED: &str = "/var/lib/multiflexi/tmp";

/// An uploaded file in the database.
struct Stored {
    id: i64,
    /// The variable that names it to the program.
    variable: String,
    name: String,
    size: u64,
}

/// What a job has to do with files, read before it is claimed.
pub struct JobFiles {
    /// There for native jobs, and for those with uploaded files.
    pub directory: Option<Directory>,
    stored: Vec<Stored>,
    patterns: Vec<ArtifactPattern>,
    /// What application and runtemplate say of files, for an environment in which the suite put its folder in front of it.
    configured: Vec<String>,
    /// Where a program puts files whose names are no paths; a pod has a working directory of its own for them.
    work: Option<String>,
    /// The temporary folder, as the program sees it.
    temporary: String,
    /// The folder of the uploaded files, as the program sees it.
    uploads: PathBuf,
    native: bool,
}

impl JobFiles {
    /// Reads what there is, and makes the job's private directory where it needs one.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub async fn load(db: &mut Db, job: &Job) -> Result<JobFiles> {
        let id = job.id;
        let native = job.executor == ExecutorName::Native;
        let stored = stored(db, id, job.runtemplate).await?;
        let patterns = match job.application {
            Some(application) => artifact_patterns(db, application).await?,
            None => Vec::new(),
        };
        let configured = if has_shared_path(job) { configured(db, job).await? } else { Vec::new() };
        let directory = if native || !stored.is_empty() { Some(make_directory(id)?) } else { None };
        let (work, uploads) = match &directory {
            Some(directory) if native => (Some(directory.work().display().to_string()), directory.files()),
            _ => ((!job.is_kubernetes()).then(|| CONTAINER_TMP.to_owned()), IN_CONTAINER.into()),
        };
        let temporary = work.clone().unwrap_or_else(|| CONTAINER_TMP.to_owned());
        Ok(JobFiles { directory, stored, patterns, configured, work, temporary, uploads, native })
    }

    /// Puts the paths into the job's environment: of the uploaded files, of the temporary folder, of the result.
    pub fn set_paths(&self, fields: &mut Vec<Field>) {
        for (number, file) in self.stored.iter().enumerate() {
            let source = field::source("FileStore", file.id);
            let path = self.uploads.join(uploaded(number, &file.name)).display().to_string();
            match fields.iter_mut().find(|field| field.code == file.variable) {
                Some(field) => (field.value, field.source) = (Some(path), source),
                None => fields.push(Field::new(&file.variable, path, source)),
            }
        }
        self.take_folders_off(fields);
        if let Some(field) = fields.iter_mut().find(|field| field.code == TMP) {
            field.value = Some(self.temporary.clone());
        }
        self.set_results(fields);
    }

    /// Turns the suite's absolute paths back into file names: nobody reads its folder.
    ///
    /// The suite made them when it began the job, or the one that this job retries.
    fn take_folders_off(&self, fields: &mut [Field]) {
        for field in fields.iter_mut().filter(|field| field.source != OVERRIDE_SOURCE) {
            let name = field.effective().and_then(|value| {
                let in_folder = |folder: &String| value.strip_prefix(folder.as_str())?.strip_prefix('/');
                shared_folders().iter().find_map(in_folder)
            });
            let Some(name) = name.filter(|name| self.configured.iter().any(|value| value == name)) else { continue };
            if field.code == RESULT_FILE || self.patterns.iter().any(|pattern| pattern.is_name(name)) {
                field.value = Some(name.to_owned());
            }
        }
    }

    /// Makes the names of results absolute: `RESULT_FILE`, and every value that is a wanted file's name.
    ///
    /// Call again when macros are expanded, for what was none before.
    pub fn set_results(&self, fields: &mut [Field]) {
        let Some(work) = &self.work else { return };
        for field in fields {
            let Some(value) = field.effective() else { continue };
            let is_result = field.code == RESULT_FILE || self.patterns.iter().any(|pattern| pattern.is_name(value));
            if is_name(value) && is_result {
                field.value = Some(Path::new(work).join(value).display().to_string());
            }
        }
    }

    /// Can there be artifacts? Of a pod the definition may name others.
    fn may_leave_any(&self, result: Option<&str>) -> bool {
        !self.patterns.is_empty() || result.is_some() || self.work.is_none()
    }

    /// Writes the uploaded files into the private directory; what an executor is told follows.
    ///
    /// # Errors
    /// A file cannot be read from the database or written here.
    pub async fn lay_out(&self, db: &mut Db, fields: &[Field], artifact_limit: SizeLimit) -> Result<executor::Files> {
        let mut files = executor::Files {
            uploaded: Vec::new(),
            work: self.directory.as_ref().filter(|_| self.native).map(Directory::work),
            patterns: self.patterns.clone(),
            result: fields
                .iter()
                .find(|field| field.code == RESULT_FILE)
                .and_then(Field::effective)
                // A pod has its own working directory: there a name is left as it is.
                .filter(|path| path.starts_with('/') || self.work.is_none() && is_name(path))
                .map(str::to_owned),
            artifact_limit,
        };
        if self.may_leave_any(files.result.as_deref()) {
            files.artifact_limit = within(db, artifact_limit).await?;
        }
        let Some(directory) = &self.directory else { return Ok(files) };
        for (number, file) in self.stored.iter().enumerate() {
            let source = write(db, directory, number, file).await?;
            let path = self.uploads.join(uploaded(number, &file.name)).display().to_string();
            files.uploaded.push(Uploaded { variable: file.variable.clone(), source, path, size: file.size });
        }
        Ok(files)
    }
}

/// The limit, or what the database takes where that is less.
async fn within(db: &mut Db, limit: SizeLimit) -> Result<SizeLimit> {
    let taken = db.content_limit().await?;
    let set_by = match taken {
        Limit::Sqlite => LimitSetBy::Sqlite,
        Limit::Postgres => LimitSetBy::Postgres,
        Limit::Packet(bytes) => LimitSetBy::Packet(bytes),
    };
    Ok(if taken.bytes() < limit.bytes { SizeLimit { bytes: taken.bytes(), set_by } } else { limit })
}

/// Is it the name of a file, which lies wherever the program writes?
fn is_name(value: &str) -> bool {
    !value.is_empty() && !value.starts_with('/') && !value.contains("://") && !value.contains('{')
}

/// The folders in which the suite has all jobs write.
fn shared_folders() -> [String; 2] {
    [PACKAGED.to_owned(), std::env::temp_dir().display().to_string()]
}

/// Does a job's stored environment hold a path in such a folder?
fn has_shared_path(job: &Job) -> bool {
    shared_folders().iter().any(|folder| job.environment.contains(&format!("\"{folder}/")))
}

/// The values that the job's application and runtemplate give to variables.
async fn configured(db: &mut Db, job: &Job) -> Result<Vec<String>> {
    let mut values = Vec::new();
    let of_application = Expr::col("app_id").eq(job.application);
    let of_runtemplate = Expr::col("runtemplate_id").eq(job.runtemplate);
    for (table, column, of) in
        [(tables::CONFFIELD, "defval", of_application), (tables::CONFIGURATION, "value", of_runtemplate)]
    {
        let select = select::from(table).column(column).and_where(of).take();
        values.extend(db.fetch_all(&select).await?.iter().filter_map(|row| row.filled(column)));
    }
    values.retain(|value| is_name(value));
    Ok(values)
}

/// The directory in which jobs are told to keep files: the suite's where there is one, else the system's.
///
/// A runner that keeps files for them puts its own in that place.
pub fn temporary_directory() -> PathBuf {
    let packaged = Path::new(PACKAGED);
    if packaged.is_dir() { packaged.to_owned() } else { std::env::temp_dir() }
}

/// The directory in which this runner makes the private ones of jobs.
pub struct TemporaryDirectory {
    pub path: PathBuf,
    /// Why the suite's is not taken though it is there: what we make in it somebody else could replace.
    pub passed_over: Option<String>,
}

impl TemporaryDirectory {
    /// The suite's where there is one that this user may rely on, else the system's.
    pub fn find() -> TemporaryDirectory {
        let packaged = Path::new(PACKAGED);
        let passed_over = match packaged.is_dir() {
            true => match state::check_place(packaged) {
                Ok(()) => return TemporaryDirectory { path: packaged.to_owned(), passed_over: None },
                Err(cause) => Some(cause.to_string()),
            },
            false => None,
        };
        TemporaryDirectory { path: std::env::temp_dir(), passed_over }
    }
}

/// Makes a private directory for a job.
///
/// The first one of a process looks for those of runners that died: the folder may hold thousands of others' files.
///
/// # Errors
/// The temporary folder cannot be written.
pub fn make_directory(job: JobId) -> Result<Directory> {
    static SWEPT: Once = Once::new();
    let parent = TemporaryDirectory::find().path;
    SWEPT.call_once(|| remove_abandoned(&parent));
    let made = Directory::new(&parent, job);
    // The suite's directory may be closed to this user.
    made.or_else(|_| Directory::new(&std::env::temp_dir(), job)).map_err(|cause| {
        Error::file(format!("cannot make a private directory for job {job} in {}", parent.display()), cause)
            .hint("Make room there, or set TMPDIR to a folder that this user may write")
    })
}

/// Removes the private directory that the runner of a job left, which is known to be dead.
pub fn remove_left_directory(job: JobId) {
    let parent = TemporaryDirectory::find().path;
    let own = std::env::temp_dir();
    workdir::remove_left(&parent, job);
    if own != parent {
        workdir::remove_left(&own, job);
    }
}

/// The files uploaded for the job, and those for its runtemplate where the job has none of that name.
async fn stored(db: &mut Db, job: JobId, runtemplate: Option<RunTemplateId>) -> Result<Vec<Stored>> {
    let of_runtemplate = Expr::col("runtemplate_id").eq(runtemplate).and(refers_to_none("job_id"));
    let mut select = Query::select();
    select
        .columns(["id", "job_id", "field", "file_name"])
        // PHP may have bound it as text.
        .expr_as(byte_length("file_data"), "size")
        .from(tables::FILE_STORE)
        .and_where(Expr::col("job_id").eq(job).or(of_runtemplate))
        .and_where(Expr::col("field").ne(ARTIFACT_FIELD))
        .order_by("id", Order::Asc);
    let mut rows = db.fetch_all(&select).await?;
    rows.sort_by_key(|row| row.int("job_id") == Some(job.0));
    let mut files: Vec<Stored> = Vec::new();
    for row in rows {
        let Some(variable) = row.filled("field") else { continue };
        files.retain(|file| file.variable != variable);
        files.push(Stored {
            id: row.id("id")?,
            variable,
            name: row.text("file_name").unwrap_or_default(),
            size: row.int("size").and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
        });
    }
    Ok(files)
}

/// The files that an application says it leaves behind.
async fn artifact_patterns(db: &mut Db, application: AppId) -> Result<Vec<ArtifactPattern>> {
    let text = |column| (tables::APP_ARTIFACT_TRANSLATIONS, column);
    let select = select::from(tables::APP_ARTIFACTS)
        .column((tables::APP_ARTIFACTS, "path"))
        .column(text("description"))
        .left_join(
            tables::APP_ARTIFACT_TRANSLATIONS,
            Expr::col(text("app_artifact_id"))
                .equals((tables::APP_ARTIFACTS, "id"))
                .and(Expr::col(text("lang")).eq("en")),
        )
        .and_where(Expr::col((tables::APP_ARTIFACTS, "app_id")).eq(application))
        .order_by((tables::APP_ARTIFACTS, "id"), Order::Asc)
        .take();
    let rows = db.fetch_all(&select).await?;
    Ok(rows
        .iter()
        .filter_map(|row| Some(ArtifactPattern::new(&row.filled("path")?, row.text("description").unwrap_or_default())))
        .collect())
}

/// Writes an uploaded file, piece by piece.
async fn write(db: &mut Db, directory: &Directory, number: usize, file: &Stored) -> Result<PathBuf> {
    let failed = |cause| {
        Error::file(format!("the file {} of {} cannot be laid out for the job", file.name, file.variable), cause)
            .hint("Make room in the temporary folder, or set TMPDIR to another one")
    };
    let (path, mut target) = directory.create(number, &file.name).map_err(failed)?;
    let content = Content { table: tables::FILE_STORE, column: "file_data", is_text: false, id: file.id };
    db.read_content(content, file.size, |piece| target.write_all(piece).map_err(failed)).await?;
    Ok(path)
}
