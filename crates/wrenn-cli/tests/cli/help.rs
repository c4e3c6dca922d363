use crate::mock::{outcome, wrenn};

#[test]
fn help_and_version_are_data_and_well() {
    for arg in ["--help", "--version", "help"] {
        let outcome = outcome(wrenn().arg(arg));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{arg}");
        assert!(outcome.stdout.contains("wrenn"), "{arg}");
    }
}

#[test]
fn wrong_use_ends_with_two() {
    for args in [&["nonsense"][..], &["exec"], &["capsule", "list", "--status", "flying"], &["cp", "a", "b"]]
    {
        let outcome =
            outcome(wrenn().args(args).env("WRENN_API_KEY", "k").env("WRENN_BASE_URL", "http://127.0.0.1:1"));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(outcome.stderr.starts_with("error: "), "{args:?}: {}", outcome.stderr);
    }
}

#[test]
fn shells_get_scripts() {
    for shell in ["bash", "zsh", "fish"] {
        let outcome = outcome(wrenn().args(["completions", shell]));
        assert_eq!(outcome.code, Some(0));
        assert!(outcome.stdout.contains("snapshot"), "{shell}");
    }
}

#[test]
fn a_terminal_is_needed_where_one_is_used() {
    let outcome =
        outcome(wrenn().arg("shell").env("WRENN_API_KEY", "k").env("WRENN_BASE_URL", "http://127.0.0.1:1"));
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("hint: `wrenn exec` runs a command without one"), "{}", outcome.stderr);
}
