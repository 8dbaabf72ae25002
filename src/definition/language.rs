//! The languages that definitions may be written in.

/// The language codes that definitions know, as the schemas name them.
pub const LANGUAGES: [&str; 32] = [
    "en", "cs", "sk", "de", "fr", "es", "it", "pl", "nl", "pt", "sv", "fi", "da", "no", "hu", "ro", "bg", "el", "tr",
    "hr", "sl", "et", "lt", "lv", "ru", "uk", "ja", "zh", "ko", "ar", "he", "hi",
];
