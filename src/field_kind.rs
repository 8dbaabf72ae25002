//! The types of fields: definitions and older databases have other words for the suite's own.

/// The suite's own word for a type; what it knows no word for is a text.
///
/// Whatever else its readers do with another word, they take it for no type.
pub fn suite_word(kind: &str) -> &'static str {
    match kind.to_ascii_lowercase().as_str() {
        "file-path" | "directory" | "file" => "file-path",
        "bool" | "boolean" | "checkbox" | "switch" => "bool",
        "integer" | "number" => "integer",
        "set" | "select" => "set",
        "text" | "textarea" => "text",
        "email" => "email",
        "url" => "url",
        "float" => "float",
        "password" => "password",
        "secret" => "secret",
        _ => "string",
    }
}
