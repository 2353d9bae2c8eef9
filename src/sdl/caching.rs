//! What a change of `@cacheControl` means for what caches may do with answers.

use apollo_compiler::ast::Directive;

use super::literal::value;

/// It stands there now.
pub(super) fn added(directive: &Directive) -> Option<String> {
    let hint = of_caching(directive)?;
    let scope = argument_of(hint, "scope").unwrap_or_else(|| "PRIVATE".into());
    Some(match argument_of(hint, "maxAge") {
        Some(seconds) if seconds == "0" => "caching: answers with it are not kept".into(),
        Some(seconds) => format!(
            "caching: answers with it are kept for at most {seconds} s, {}",
            shared(&scope)
        ),
        None if argument_of(hint, "inheritMaxAge").as_deref() == Some("true") => {
            "caching: it allows as long as what it stands in, and sets no limit of its own".into()
        }
        None => format!("caching: answers with it are kept as before, {}", shared(&scope)),
    })
}

/// It stands there no longer.
pub(super) fn removed(directive: &Directive) -> Option<String> {
    of_caching(directive)?;
    Some(
        "caching: without a hint, a root field or a field that leads to objects of a type without one \
         keeps its answers from being cached; a scalar lives as long as what it stands in"
            .into(),
    )
}

/// One of its arguments is another.
pub(super) fn argument(directive: &Directive, name: &str, old: Option<&str>, new: Option<&str>) -> Option<String> {
    of_caching(directive)?;
    let told = match (name, new) {
        ("maxAge", Some("0")) => "answers with it are kept no longer".into(),
        ("maxAge", Some(new)) => age(old, new),
        ("maxAge", None) => "it sets no time of its own any more".into(),
        ("scope", Some("PUBLIC")) => {
            "answers with it may be shared between viewers: nothing in them may depend on who asks".into()
        }
        ("scope", _) => "answers with it are kept for one viewer each, and shared no longer".into(),
        ("inheritMaxAge", Some("true")) => "it lives as long as what it stands in".into(),
        ("inheritMaxAge", _) => "it lives no longer as long as what it stands in".into(),
        ("staleWhileRevalidate", new) => stale(new, "while they are made anew"),
        ("staleIfError", new) => stale(new, "when they can't be made anew"),
        _ => return None,
    };
    Some(format!("caching: {told}"))
}

fn of_caching(directive: &Directive) -> Option<&Directive> {
    (directive.name == "cacheControl").then_some(directive)
}

fn argument_of(directive: &Directive, name: &str) -> Option<String> {
    directive.specified_argument_by_name(name).map(|given| value(given))
}

fn shared(scope: &str) -> &'static str {
    match scope {
        "PUBLIC" => "shared between viewers",
        _ => "for one viewer each",
    }
}

fn age(old: Option<&str>, new: &str) -> String {
    let seconds = |text: &str| text.parse::<i64>().ok();
    match (old.and_then(seconds), seconds(new)) {
        (Some(0), _) | (None, _) => format!("answers with it are kept for at most {new} s now"),
        (Some(was), Some(is)) if is < was => {
            format!("answers with it are kept for {is} s at most, not {was}: more misses")
        }
        (Some(was), _) => format!("answers with it are kept for up to {new} s, not {was}: they may be older"),
    }
}

fn stale(new: Option<&str>, when: &str) -> String {
    match new {
        None | Some("0") => format!("answers past their age are served no longer {when}"),
        Some(new) => format!("answers may be served {new} s past their age {when}"),
    }
}
