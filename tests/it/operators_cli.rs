//! `kanvaro cache`, as an operator meets it.

use crate::support::process::Place;

#[test]
fn a_running_server_tells_its_figures_and_what_it_holds_and_purges() {
    let place = Place::new();
    let server = place.serve();
    let stats = place.run(&["cache", "stats"]);
    assert_eq!((stats.code, stats.out.is_empty()), (0, false), "{}", stats.err);
    let by_url = place.run(&["cache", "stats", "--url", &server.url]);
    assert_eq!((by_url.code, by_url.out), (0, stats.out), "{}", by_url.err);
    let id = "0".repeat(24);
    let absent = place.run(&["cache", "inspect", &format!("task:{id}")]);
    assert!(
        absent.out.contains("state       absent") && absent.out.contains("version     none"),
        "{}",
        absent.out
    );
    for (arguments, said) in [
        (
            vec!["--tag".to_owned(), format!("task:project={id}")],
            format!("Purged what bears the tag task:project={id}."),
        ),
        (
            vec!["--type".to_owned(), "task".to_owned()],
            "Purged everything: the cache has no list".to_owned(),
        ),
        (vec!["--all".to_owned()], "Purged everything.".to_owned()),
    ] {
        let mut all = vec!["cache", "purge"];
        all.extend(arguments.iter().map(String::as_str));
        let purged = place.run(&all);
        assert!(
            purged.code == 0 && purged.out.contains(&said),
            "{}{}",
            purged.out,
            purged.err
        );
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_is_allowed() {
    let place = Place::new();
    for (arguments, code, said) in [
        (&["cache", "purge"][..], 2, "--all"),
        (&["cache", "purge", "--all", "--type", "Task"], 2, "cannot be used with"),
        (&["cache", "purge", "--tag", "tasks"], 1, "task:project=ID"),
        (
            &["cache", "purge", "--type", "Invoice"],
            1,
            "Organization, User, Project, Task",
        ),
        (&["cache", "inspect", "nothing"], 1, "task:list:HASH"),
        (&["cache", "stats"], 1, "no server runs"),
        (&["serve", "--shadow", "2"], 2, "a number from 0 to 1"),
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_documents_policy_is_explained_without_a_database() {
    let place = Place::new();
    place.write(
        "board.graphql",
        "query Board { tasks { nodes { title } } projects { nodes { name } } }",
    );
    let told = place.run(&["cache", "explain", "board.graphql"]);
    assert!(
        told.out.starts_with("query Board: kept for 180 s at most, PRIVATE")
            && told.out.contains("Query.tasks (180 s)"),
        "{}{}",
        told.out,
        told.err
    );
    place.write("change.graphql", "mutation Leave { logout { signedOut } }");
    assert_eq!(
        place.run(&["cache", "explain", "change.graphql"]).out.trim(),
        "mutation Leave: never kept"
    );
}
