//! Two servers on the same engines: one that trusts documents, and one that has never heard of them.

use kanvaro::graphql::TrustedDocuments;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::server::{Answer, TestServer};

/// A server that trusts documents.
pub struct Trusting {
    /// The one that knows nothing of them.
    pub plain: TestServer,
    url: String,
}

impl Trusting {
    /// One that trusts these, each an id and a text.
    pub async fn these(documents: &[(&str, &str)]) -> Trusting {
        Trusting::started(documents, false).await
    }

    /// The same, which answers nothing else.
    pub async fn only_these(documents: &[(&str, &str)]) -> Trusting {
        Trusting::started(documents, true).await
    }

    async fn started(documents: &[(&str, &str)], only: bool) -> Trusting {
        let mut trusted = TrustedDocuments::new(only);
        documents.iter().for_each(|(id, text)| trusted.insert(id, text));
        let plain = TestServer::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let app = plain.app.clone().trusting(trusted);
        tokio::spawn(kanvaro::http::serve(app, listener, std::future::pending()));
        Trusting { plain, url }
    }

    /// What a POST of this is answered.
    pub async fn post(&self, body: &Value) -> Answer {
        Answer::of(self.plain.client.post(&self.url).json(body).send().await.unwrap()).await
    }

    /// What a GET with these parameters is answered.
    pub async fn get(&self, parameters: &[(&str, &str)]) -> Answer {
        let request = self.plain.client.request(Method::GET, &self.url).query(parameters);
        Answer::of(request.send().await.unwrap()).await
    }

    /// What this text is answered.
    pub async fn ask(&self, text: &str) -> Answer {
        self.post(&json!({ "query": text })).await
    }
}

/// What Apollo's clients send for an id.
pub fn apollo(id: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": id } })
}

/// The SHA-256 of a text.
pub fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
