//! Secrets: a type that never shows itself, masks, and taking secrets out of text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// What stands in `encryption_keys.key_data` of a new database until keys are made.
pub const PLACEHOLDER_KEY: &str = "PLACEHOLDER_KEY_TO_BE_REPLACED";

/// Is this `encryption_keys.key_data` no key yet?
pub fn is_placeholder_key(key_data: &str) -> bool {
    key_data.trim().is_empty() || key_data.contains(PLACEHOLDER_KEY)
}

/// Stands for a secret that is set. The suite shows the same.
pub const MASK: &str = "••••••••";
/// Stands for a secret that is not set.
const NOT_SET: &str = "(not set)";

/// Variables that tell the master key, in the order in which they are asked.
pub const MASTER_KEY_VARIABLES: [&str; 2] = ["ENCRYPTION_MASTER_KEY", "MULTIFLEXI_MASTER_KEY"];
/// Names of variables that are ours alone: no child may see them.
pub const OWN_VARIABLES: [&str; 3] = ["DB_PASSWORD", MASTER_KEY_VARIABLES[0], MASTER_KEY_VARIABLES[1]];
/// A value that is shorter occurs in any text by chance: masked, it would show where it does, and make the text unreadable.
pub const REDACTED_MIN: usize = 3;

/// A shorter line of a value may be `{` or `---`, and stands in other texts too.
const LINE_MIN: usize = 8;

/// A text that is shown as [`MASK`] by everything but [`Secret::expose`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Makes a text a secret: from here on only [`Secret::expose`] shows it.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself: for the place that needs it, never for output.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(mask(Some(&self.0)))
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(mask(Some(&self.0)))
    }
}

/// Where these values stand in a text, in order.
fn spans<'v>(text: &str, values: impl IntoIterator<Item = &'v str>) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for value in values.into_iter().filter(|value| value.len() >= REDACTED_MIN) {
        let mut from = 0;
        while let Some(at) = text[from..].find(value).map(|at| from + at) {
            spans.push((at, at + value.len()));
            from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    spans.sort_unstable();
    spans
}

/// The text with [`MASK`] in place of each of these values; of values that overlap nothing is left.
pub fn redact<'t, 'v>(text: &'t str, values: impl IntoIterator<Item = &'v str>) -> Cow<'t, str> {
    let spans = spans(text, values);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut redacted, mut end) = (String::with_capacity(text.len()), 0);
    for (from, to) in spans {
        if from >= end {
            redacted.push_str(&text[end..from]);
            redacted.push_str(MASK);
        }
        end = end.max(to);
    }
    redacted.push_str(&text[end..]);
    Cow::Owned(redacted)
}

/// Takes secrets out of what others say: in the forms, too, in which programs tell them on.
#[derive(Clone, Default)]
pub struct Redactor(Vec<String>);

impl Redactor {
    /// Takes these values out: as they are, without the blanks around them, line by line, as JSON writes them, and in Base64.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Redactor {
        let mut forms = Vec::new();
        for value in values.into_iter().filter(|value| value.len() >= REDACTED_MIN) {
            forms.extend(value.lines().map(str::trim).filter(|line| line.len() >= LINE_MIN).map(str::to_owned));
            let json = serde_json::Value::from(value).to_string();
            forms.extend([json[1..json.len() - 1].to_owned(), value.to_owned()]);
            forms.extend(Some(value.trim()).filter(|bare| bare.len() >= REDACTED_MIN).map(str::to_owned));
            let base64 = BASE64_STANDARD.encode(value);
            forms.extend([base64.trim_end_matches('=').to_owned(), base64]);
        }
        forms.sort_unstable();
        forms.dedup();
        Redactor(forms)
    }

    /// The text with [`MASK`] in place of each of them.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        redact(text, self.0.iter().map(String::as_str))
    }

    /// How many more bytes of a text are needed behind a cut so that no secret is cut.
    ///
    /// Each secret that begins before the cut is whole then.
    pub fn margin(&self) -> usize {
        self.0.iter().map(String::len).max().unwrap_or_default()
    }

    /// The first `most` bytes of a text, redacted.
    ///
    /// A secret that the cut would leave a part of is masked as a whole; for that the text has to go on for
    /// [`margin`](Redactor::margin) bytes behind the cut, where there is more of it.
    pub fn redact_start(&self, text: &str, most: usize) -> String {
        let mut end = text.floor_char_boundary(most);
        for (_, to) in spans(text, self.0.iter().map(String::as_str)).into_iter().filter(|(from, _)| *from < most) {
            end = end.max(to);
        }
        self.redact(&text[..end]).into_owned()
    }
}

/// What is shown for a secret value.
pub fn mask(value: Option<&str>) -> &'static str {
    match value {
        None | Some("") => NOT_SET,
        Some(_) => MASK,
    }
}

/// Where in a text what stands before the host of a URL is: `user` or `user:password`, of each URL that has such.
fn url_users(text: &str) -> impl Iterator<Item = Range<usize>> {
    const SCHEME_END: &str = "://";
    text.match_indices(SCHEME_END).filter_map(move |(at, _)| {
        let begin = at + SCHEME_END.len();
        let after = &text[begin..];
        let host_end = after.find(|c: char| "/?#\"'".contains(c) || c.is_whitespace()).unwrap_or(after.len());
        after[..host_end].rfind('@').map(|end| begin..begin + end)
    })
}

/// The text with [`MASK`] in place of the user and password of each URL in it.
pub fn without_url_password(text: &str) -> String {
    let (mut shown, mut end) = (String::with_capacity(text.len()), 0);
    for user in url_users(text) {
        shown.push_str(&text[end..user.start]);
        shown.push_str(MASK);
        end = user.end;
    }
    shown.push_str(&text[end..]);
    shown
}

/// Whether a text has a URL in it that tells a password: `https://user:password@host`.
fn has_url_password(text: &str) -> bool {
    url_users(text)
        .any(|user| text[user].split_once(':').is_some_and(|(_, password)| !password.is_empty() && !is_mask(password)))
}

/// A name of a host without the user and the password that somebody wrote in front of it.
pub fn host_alone(host: &str) -> &str {
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

/// Whether a value that was given is what we showed in its place: sent back, it means the value that is set.
pub fn is_mask(value: &str) -> bool {
    value == MASK
}

/// Whether a field is secret by the suite's rule: marked so, or of the kind `password` or `secret`.
pub fn looks_secret(marked: bool, kind: &str) -> bool {
    marked || kind.eq_ignore_ascii_case("password") || kind.eq_ignore_ascii_case("secret")
}

/// Is a field's value not to be shown?
///
/// By the suite's rule, because its name says so, or because the value is a URL with a password. Whatever its name, a truth and
/// a field for numbers are not secret: `SHOW_SECRETS`, `MAX_TOKENS`, `SMTP_AUTH=true`.
pub fn field_is_secret(name: &str, marked: bool, kind: &str, value: &str) -> bool {
    let is_plain = || {
        ["bool", "integer", "float"].iter().any(|plain| kind.eq_ignore_ascii_case(plain))
            || ["true", "false", "yes", "no", "on", "off"].iter().any(|truth| value.eq_ignore_ascii_case(truth))
    };
    looks_secret(marked, kind) || (name_looks_secret(name) && !is_plain()) || has_url_password(value)
}

/// Whether a variable's name says that its value is secret. A guess: for outputs only, where the schema has no mark.
pub fn name_looks_secret(name: &str) -> bool {
    const PARTS: [&str; 11] = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "SECRET", "CREDENTIAL", "APIKEY", "PRIVATEKEY", "ACCESSKEY",
        "MASTERKEY", "ENCRYPTIONKEY",
    ];
    const LAST_WORDS: [&str; 6] = ["PASS", "PWD", "PIN", "DSN", "AUTH", "AUTHORIZATION"];
    // Of several there is a number behind: `PASS1`.
    const NUMBERED: [&str; 2] = ["PASS", "PWD"];
    // What stands before one of these in one word: `SMTPPASS`. Any word would do for COMPASS, too.
    const OWNERS: [&str; 16] = [
        "SMTP", "IMAP", "POP", "MAIL", "FTP", "SFTP", "SSH", "DB", "SQL", "MYSQL", "PG", "LDAP", "USER", "ADMIN",
        "ROOT", "MY",
    ];
    const PAIRS: [(&str, &str); 8] = [
        ("API", "KEY"),
        ("PRIVATE", "KEY"),
        ("ACCESS", "KEY"),
        ("MASTER", "KEY"),
        ("ENCRYPTION", "KEY"),
        ("SIGNING", "KEY"),
        ("SSH", "KEY"),
        ("AUTH", "BASIC"),
    ];
    // A name about a secret, which holds none.
    const ABOUT: [&str; 8] = ["NAME", "URL", "URI", "TTL", "EXPIRES", "EXPIRATION", "TYPE", "ID"];

    // One of these is in each name that says so. A listing of jobs asks this of each variable of each job.
    const NEEDED: [&[u8]; 9] = [b"PASS", b"TOKEN", b"SECRET", b"CREDENTIAL", b"KEY", b"PWD", b"PIN", b"DSN", b"AUTH"];
    let holds = |part: &[u8]| name.as_bytes().windows(part.len()).any(|at| at.eq_ignore_ascii_case(part));
    if !NEEDED.iter().any(|part| holds(part)) {
        return false;
    }
    let words = words(name);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The half of an identity in Vault that is kept secret, unlike the ids of others.
    if words.ends_with(&["SECRET", "ID"]) {
        return true;
    }
    if let Some(last) = words.last_mut() {
        let bare = last.trim_end_matches(|c: char| c.is_ascii_digit());
        if NUMBERED.iter().any(|word| bare.ends_with(word)) {
            *last = bare;
        }
    }
    let Some(last) = words.last() else { return false };
    // The working directory, which shells keep there.
    if ABOUT.contains(last) || name.eq_ignore_ascii_case("PWD") {
        return false;
    }
    let upper = name.to_ascii_uppercase();
    let mut whole = upper.split(|c: char| !c.is_ascii_alphanumeric());
    whole.any(|word| PARTS.iter().any(|part| word.contains(part)))
        || LAST_WORDS.contains(last)
        || OWNERS.iter().any(|owner| last.strip_prefix(owner).is_some_and(|rest| LAST_WORDS.contains(&rest)))
        || words.windows(2).any(|two| PAIRS.contains(&(two[0], two[1])))
}

/// The words of a name, in capitals: what stands between signs, and within that what a capital begins: `smtpPass`, `DBPassword`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let bytes = part.as_bytes();
        let begins = |at: usize| {
            let (before, own) = (bytes[at - 1], bytes[at]);
            let is_next_small = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            own.is_ascii_uppercase() && (!before.is_ascii_uppercase() || is_next_small)
        };
        let mut from = 0;
        for at in (1..part.len()).filter(|at| begins(*at)).chain([part.len()]) {
            words.push(part[from..at].to_ascii_uppercase());
            from = at;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_a_mask_only() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), format!("{MASK} {MASK}"));
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(Secret::default().to_string(), NOT_SET);
    }

    #[test]
    fn of_values_within_and_across_each_other_nothing_is_left() {
        let of = |text, values: &[&'static str]| redact(text, values.iter().copied()).into_owned();
        assert_eq!(of("a abc abcdef z", &["abc", "abcdef"]), format!("a {MASK} {MASK} z"));
        assert_eq!(of("x-abcde-x", &["abc", "cde"]), format!("x-{MASK}-x"));
        assert_eq!(of("žžžžž", &["žžž"]), MASK);
        assert_eq!(of("abcabc", &["abc"]), format!("{MASK}{MASK}"));
        assert!(matches!(redact("on", ["on", "abc"]), Cow::Borrowed("on")));
    }

    #[test]
    fn what_others_say_holds_no_secret_in_any_form() {
        let redactor = Redactor::new(["ge\"heim\n", "-----BEGIN-----\nMIIabcdef\n}", "ab"]);
        for text in ["x ge\"heim\n y", r#"{"a":"ge\"heim\n"}"#, "data: Z2UiaGVpbQo=", "helm: MIIabcdef"] {
            assert!(redactor.redact(text).contains(MASK), "{text}");
        }
        assert_eq!(redactor.redact("ab { }"), "ab { }");
        assert_eq!(Redactor::new(["pw1 \n"]).redact("pw1"), MASK);
    }

    #[test]
    fn a_cut_leaves_no_part_of_a_secret() {
        let redactor = Redactor::new(["geheim", "imposant"]);
        assert_eq!(redactor.margin(), 12);
        for most in 3..8 {
            assert_eq!(redactor.redact_start("x geheimnis", most), format!("x {MASK}"), "{most}");
        }
        assert_eq!(redactor.redact_start("x geheimnis", 10), format!("x {MASK}ni"));
        assert_eq!(redactor.redact_start("geheimposant!", 2), MASK);
        assert_eq!((redactor.redact_start("žž", 3), redactor.redact_start("ab", 9)), ("ž".into(), "ab".into()));
    }

    #[test]
    fn a_url_keeps_no_password() {
        assert_eq!(without_url_password("see https://u:pw@h/x?a=b@c"), format!("see https://{MASK}@h/x?a=b@c"));
        assert_eq!(without_url_password("https://h:1/x@y https://h"), "https://h:1/x@y https://h");
        assert_eq!(without_url_password("https://a@b https://c:d@e"), format!("https://{MASK}@b https://{MASK}@e"));
    }

    #[test]
    fn names() {
        for name in [
            "DB_PASSWORD", "FIO_TOKEN", "api_key", "ENCRYPTION_MASTER_KEY", "CLIENT_SECRET", "SMTP_PASS", "apikey",
            "AWS_SECRET_ACCESS_KEY", "smtpPass", "encryptionKey", "accessKey", "masterKey", "userPin", "SMTPPASS",
            "DBPWD", "dbpass", "USERPIN", "DBPassword", "APIKey", "myToken", "passWord", "DBPASS2", "PASS1", "MYPASS",
            "VAULT_SECRET_ID", "SSH_KEY", "SIGNING_KEY", "AUTHORIZATION", "AUTH_BASIC",
        ] {
            assert!(name_looks_secret(name), "{name}");
        }
        for name in [
            "DB_USERNAME", "FIO_TOKEN_NAME", "ZABBIX_KEY", "COMPASS", "MONKEY", "TOKEN_URL", "", "SHIPPING",
            "PASS_THROUGH", "PWD", "bypass", "Compass", "turkey", "monkeyKey", "spinPin2", "OLDPWDS", "shopPing",
            "tokenName", "accessKeyId", "SPIN", "UNDERPASS", "UNDERPASS2", "SSH_KEY_TYPE", "SECRET_NAME", "AUTHOR",
            "SIGNING_KEY_ID", "AUTH_BASIC_URL", "SSH_PUBLIC_KEY",
        ] {
            assert!(!name_looks_secret(name), "{name}");
        }
        assert!(field_is_secret("X", true, "bool", "true") && field_is_secret("X_TOKEN", false, "string", "1234"));
        for (value, is_secret) in [
            ("mysql://joe:pw@db/x", true),
            ("see http://proxy:8080/ or http://a:b@proxy", true),
            ("ssh://git@host", false),
            ("http://proxy:8080/a:b@c", false),
            ("joe:pw@host", false),
            ("https://joe:@host", false),
        ] {
            assert_eq!(field_is_secret("DB_URL", false, "string", value), is_secret, "{value}");
        }
        for (name, kind, value) in
            [("SHOW_SECRETS", "bool", "1"), ("MAX_TOKENS", "integer", "100"), ("SMTP_AUTH", "string", "True")]
        {
            assert!(!field_is_secret(name, false, kind, value), "{name}");
        }
        assert!(looks_secret(false, "password") && looks_secret(true, "string") && !looks_secret(false, "string"));
    }
}
