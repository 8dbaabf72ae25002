//! One variable of a job's environment, and what is known of it.

/// The source of an override given for one run.
pub const OVERRIDE_SOURCE: &str = "CommandlineOverride";

/// The source of a value as the suite writes it, for instance `ease://MultiFlexi/RunTemplate#2`.
pub fn source(class: &str, id: impl std::fmt::Display) -> String {
    format!("ease://MultiFlexi/{class}#{id}")
}

/// One field: a variable of a job's environment and what is known of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// The variable's name.
    pub code: String,
    /// What people call it.
    pub name: String,
    pub description: String,
    pub hint: String,
    /// Where the value came from: `ease://MultiFlexi/RunTemplate#2`, or a word such as `Company`.
    pub source: String,
    pub note: String,
    pub value: Option<String>,
    /// `string`, `file-path`, `email`, `url`, `integer`, `float`, `bool`, `password`, `secret`, `set`, `text`.
    pub kind: String,
    pub category: String,
    pub default: Option<String>,
    pub required: bool,
    /// Marked as secret. A field may be secret by its kind or its name too: ask [`Field::is_secret`].
    pub secret: bool,
    /// May be set by hand.
    pub manual: bool,
    pub multiline: bool,
    pub logo: Option<String>,
    pub expiring: bool,
}

impl Field {
    /// A text field whose name is its code, as the suite makes them.
    pub fn new(code: impl Into<String>, value: impl Into<String>, source: impl Into<String>) -> Field {
        Field { value: Some(value.into()), source: source.into(), ..Field::bare(code.into()) }
    }

    /// A text field of which only the code is known.
    pub fn bare(code: String) -> Field {
        Field { name: code.clone(), code, kind: "string".into(), manual: true, ..Field::default() }
    }

    /// Marked as secret, or of a kind or a name that says so: a company's variables and one-time ones have no mark.
    pub fn is_secret(&self) -> bool {
        crate::secret::field_is_secret(&self.code, self.secret, &self.kind, self.effective().unwrap_or_default())
    }

    /// The value, or the default where there is none.
    pub fn effective(&self) -> Option<&str> {
        self.value.as_deref().or(self.default.as_deref())
    }
}

impl std::fmt::Debug for Field {
    /// Never shows a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = if self.is_secret() { self.effective().map(|_| crate::secret::MASK) } else { self.effective() };
        write!(f, "{}={:?} ({}, {})", self.code, shown, self.kind, self.source)
    }
}
