//! Tests of [`super`]: what a command line becomes, and that no value gets out of its place.

use std::process::Command;

use proptest::prelude::*;

use super::*;

fn fields() -> Vec<Field> {
    vec![
        Field::new("EMPTY", "", "x"),
        Field::new("N", "7", "x"),
        Field { value: None, default: Some("d e".into()), ..Field::new("DEFAULTED", "", "x") },
        Field::new("QUOTE", "it's \"x\" $HOME `id` \\", "x"),
        Field::new("MACRO", "{N}", "x"),
        Field::new("PWD", "/x", "x"),
        Field { kind: "password".into(), ..Field::new("P", "hunter2", "x") },
    ]
}

fn argv(cmdparams: &str) -> Vec<String> {
    let line = build("prog", cmdparams, &fields()).unwrap();
    assert!(!line.shell, "{cmdparams}");
    assert_eq!(line.argv[0], "prog");
    line.argv[1..].to_vec()
}

fn display(cmdparams: &str) -> String {
    build("prog", cmdparams, &fields()).unwrap().display
}

/// The bytes that `executable cmdparams` prints, run as the native executor would.
fn run(executable: &str, cmdparams: &str, fields: &[Field]) -> Vec<u8> {
    let line = build(executable, cmdparams, fields).unwrap();
    let variables = fields.iter().map(|field| (field.code.clone(), field.effective().unwrap_or_default().to_string()));
    let output = Command::new(&line.argv[0]).args(&line.argv[1..]).envs(variables).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line:?}");
    output.stdout
}

#[test]
fn without_shell_characters_no_shell() {
    assert_eq!(argv(""), [""; 0]);
    assert_eq!(
        argv("a  'b c' \"d\\\"e\" f\\ g h'i'\"j\" '' a#b a~"),
        ["a", "b c", "d\"e", "f g", "hij", "", "a#b", "a~"]
    );
    assert_eq!(argv("{N} ${N} x{N}y '{N}' \"-{N}-\""), ["7", "7", "x7y", "7", "-7-"]);
    assert_eq!(argv("{EMPTY} --x={EMPTY} '{EMPTY}'"), ["", "--x=", ""]);
    assert_eq!(argv("{DEFAULTED}"), ["d e"]);
    assert_eq!(argv("{QUOTE} '{QUOTE}' \"{QUOTE}\""), vec!["it's \"x\" $HOME `id` \\"; 3]);
    assert_eq!(
        argv("{MACRO} {NO} {a,b} \\{N} '$' \"C:\\dir\\{N}\" \\$"),
        ["{N}", "{NO}", "{a,b}", "{N}", "$", "C:\\dir\\7", "$"]
    );
    assert_eq!(argv("\\${N} \"\\${N}\" {PWD}"), ["${N}", "${N}", "/x"]);
}

#[test]
fn display_shows_values_and_masks_secrets() {
    assert_eq!(display("{N} '{N}' {EMPTY} {DEFAULTED} {NO}"), "prog 7 '7' '' 'd e' {NO}");
    assert_eq!(display("{QUOTE}"), r#"prog 'it'\''s "x" $HOME `id` \'"#);
    assert_eq!(display("\"{QUOTE}\" | cat"), r#"prog "it's \"x\" \$HOME \`id\` \\" | cat"#);
    let line = build("prog", "--p={P} '{P}' \"{P}\" | cat", &fields()).unwrap();
    assert_eq!(line.display, format!("prog --p={MASK} '{MASK}' \"{MASK}\" | cat"));
    assert_eq!(format!("{line:?}"), line.display);
    assert!(!line.argv.concat().contains("hunter2"));
}

#[test]
fn with_shell_characters_a_shell() {
    let sh = |text: &str| String::from_utf8(run("echo", text, &fields())).unwrap();
    assert_eq!(sh("{N} | tr 7 8"), "8\n");
    assert_eq!(sh("a; echo {QUOTE}"), "a\nit's \"x\" $HOME `id` \\\n");
    assert_eq!(sh("$((1+2)) {NO} \"$(echo {DEFAULTED})\" `echo '{DEFAULTED}'`"), "3 {NO} d e d e\n");
    assert_eq!(
        sh("${UNSET:-{N}} \"${UNSET:-it's {N}}\" \\${N} \"\\${N}\" $${N} '$'{N} | cat"),
        "7 it's 7 ${N} ${N} $7 $7\n"
    );
    assert_eq!(sh("{N} # it's {N}"), "7\n");
    assert_eq!(run("cd", "/ && pwd", &[]), b"/\n");
    assert_eq!(run("A=5 printenv", "A", &[]), b"5\n");
    assert!(build("exit", "{N}", &fields()).unwrap().shell);
}

#[test]
fn what_is_refused() {
    for (executable, cmdparams, message) in [
        (" ", "x", "no executable"),
        ("prog", "it's", "a single quote in the application's parameters is not closed"),
        ("prog", "\"x", "a double quote"),
        ("pr'og", "x'", "executable is not closed"),
        ("prog", "$(x", "a bracket"),
        ("prog", "$(( {N} ))", "calculate"),
        ("prog", "{PWD} | cat", "PWD itself"),
    ] {
        let error = build(executable, cmdparams, &fields()).unwrap_err();
        assert!(error.message.contains(message) && error.hint.is_some(), "{cmdparams}: {error}");
    }
    assert!(build("prog", "{X}", &[Field::new("X", "a\0b", "x")]).is_err());
}

/// Values with all that means something to a shell.
fn values() -> impl Strategy<Value = String> {
    "[ a-c'\"\\\\$`(){}|&;<>*?~#!\n\tž=\\[\\]-]{0,12}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_value_leaves_its_place(value in values()) {
        let fields = [Field::new("X", &value, "x"), Field::new("HOME", "/home", "x")];
        let printed = |value: &str| [value.as_bytes(), b"\0"].concat();
        let once = printed(&value);
        for place in ["{X}", "${X}", "'{X}'", "\"{X}\"", "''{X}", "\"\"${X}''"] {
            prop_assert_eq!(run("printf", &format!("'%s\\0' {place}"), &fields), once.clone(), "{}", place);
            prop_assert_eq!(run("printf", &format!("'%s\\0' {place} | cat"), &fields), once.clone(), "{} in a shell", place);
        }
        for (place, before) in [("$${X}", "$"), ("\"$${X}\"", "$"), ("\"\\{X}\"", "\\"), ("a\\\\{X}", "a\\"), ("'\\{X}'", "\\")] {
            let expected = printed(&format!("{before}{value}"));
            prop_assert_eq!(run("printf", &format!("'%s\\0' {place} | cat"), &fields), expected, "{}", place);
        }
        // A shell's `$(…)` takes the newlines at the end away.
        let inner = value.trim_end_matches('\n');
        for place in ["\"$(printf '%s' {X})\"", "\"$(printf '%s' \"{X}\")\"", "\"`printf '%s' '{X}'`\""] {
            prop_assert_eq!(run("printf", &format!("'%s\\0' {place}"), &fields), printed(inner), "{}", place);
        }
        prop_assert_eq!(run("printf", "'%s\\0' \"${UNSET:-{X}}\"", &fields), once, "in braces");
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them(params in "[ab'\"\\\\ {}=#~\t-]{0,16}") {
        let Ok(line) = build("printf", &format!("'%s\\0' x {params}"), &[]) else { return Ok(()) };
        prop_assume!(!line.shell);
        let ours: Vec<u8> = line.argv[2..].iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect();
        let script = format!("printf '%s\\0' x {}", params.trim_end());
        let sh = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&sh.stdout), "{}", params);
    }

    #[test]
    fn no_text_panics(executable in ".{0,8}", params in "[a{X}$()`'\"\\\\ #\n]{0,24}") {
        let _ = build(&executable, &params, &[Field::new("X", "v", "x")]);
    }
}
