//! How the program is called and configured: what needs no data.

use crate::support::process::Place;

#[test]
fn help_lists_the_commands() {
    let help = Place::new().run(&["--help"]);
    assert_eq!(help.code, 0);
    for command in ["serve", "schema", "index", "demo", "user", "cdn", "config"] {
        assert!(
            help.out.contains(&format!("\n  {command} ")),
            "{command} is missing:\n{}",
            help.out
        );
    }
}

#[test]
fn an_unknown_option_exits_with_2() {
    assert_eq!(Place::new().run(&["demo", "--taks", "3"]).code, 2);
}

#[test]
fn a_wrong_setting_exits_with_2_and_is_named() {
    for (variable, value, said) in [
        (
            "KANVARO_LISTEN",
            "nowhere",
            "listen is \"nowhere\" (environment variable KANVARO_LISTEN); expected: an address",
        ),
        (
            "KANVARO_LISTENN",
            "x",
            "there is no setting KANVARO_LISTENN; did you mean KANVARO_LISTEN?",
        ),
        (
            "KANVARO_DATABASE",
            "mysql://a:geheim@h",
            "database is \"mysql://***@h\"",
        ),
        ("KANVARO_ASSETS", "s3://", "the name of a bucket"),
    ] {
        let ended = Place::new().with(variable, value).run(&["serve"]);
        assert_eq!(ended.code, 2, "{}", ended.err);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

#[test]
fn a_wrong_key_in_the_file_exits_with_2_and_is_named() {
    let place = Place::new();
    place.write("kanvaro.toml", "max_dept = 3\n");
    let ended = place.run(&[]);
    assert_eq!(ended.code, 2);
    assert!(
        ended
            .err
            .contains("file kanvaro.toml: there is no setting max_dept; did you mean max_depth?"),
        "{}",
        ended.err
    );
}

#[test]
fn another_file_can_be_named_and_must_exist() {
    let place = Place::new();
    place.write("other.toml", "max_depth = 3\n");
    assert!(
        place
            .run(&["config", "print", "--config", "other.toml"])
            .out
            .contains("max_depth = 3  # file other.toml")
    );
    let absent = place.run(&["config", "print", "--config", "absent.toml"]);
    assert_eq!((absent.code, absent.err.contains("absent.toml")), (2, true));
}

#[test]
fn the_printed_configuration_hides_secrets_and_names_origins() {
    let place = Place::new()
        .with("REDIS_HOST", "cache")
        .with("REDIS_PASSWORD", "geheim");
    let printed = place.run(&["config", "print"]);
    assert_eq!(printed.code, 0);
    assert!(
        printed
            .out
            .contains("cache = \"redis://***@cache:6379/0\"  # environment variable REDIS_HOST"),
        "{}",
        printed.out
    );
    assert!(
        printed
            .out
            .contains("# Most levels of fields in an operation.\nmax_depth = 15  # default"),
        "{}",
        printed.out
    );
    assert!(!printed.out.contains("geheim"));
}

#[test]
fn the_schema_prints_without_a_database() {
    let printed = Place::new()
        .with("KANVARO_DATABASE", "nonsense")
        .run(&["schema", "print"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    assert!(
        printed.out.contains("type Project implements") || printed.out.contains("type Project "),
        "{}",
        printed.out
    );
}
