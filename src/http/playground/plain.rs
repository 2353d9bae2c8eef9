//! The plain page: one file without anything from elsewhere, and a policy that allows nothing else. It runs queries
//! where GraphiQL was not bundled, and says there how to do that.

use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("plain.html");
/// Stands in the page where the notice goes.
const PLACE: &str = "<!-- notice -->";
const NOTICE: &str = "<p id=\"notice\">This is the plain page: GraphiQL isn't in this build. Run \
    <code>./scripts/playground.sh</code> (it needs Node.js), then build the server again.</p>";

/// Allows the page's own script and style by their hashes, and requests to this server; nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let (script, style) = (hash_of("script"), hash_of("style"));
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The page; `alone`: it stands in for GraphiQL, and says so.
pub fn page(alone: bool) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_SECURITY_POLICY, &POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let text = PAGE.replace(PLACE, if alone { NOTICE } else { "" });
    (headers, Html(text)).into_response()
}

/// The hash of what stands in the page's one element of this name, as a policy names it.
fn hash_of(element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let rest = PAGE.split_once(&open).map_or("", |(_, rest)| rest);
    let content = rest.split_once(&close).map_or("", |(content, _)| content);
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn text(alone: bool) -> String {
        let bytes = page(alone).into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_that_stands_alone_says_how_to_build_the_other() {
        assert!(text(true).await.contains("scripts/playground.sh"));
        assert!(!text(false).await.contains("id=\"notice\""));
    }
}
