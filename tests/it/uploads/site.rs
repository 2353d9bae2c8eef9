//! A server to upload to, and requests in parts as the specification writes them.

use std::path::PathBuf;
use std::sync::Arc;

use kanvaro::config::Config;
use kanvaro::media::blob::BlobBackend;
use kanvaro::model::{Project, Role, Session, Task, User};
use kanvaro::service::{NewUser, Password, ProjectFields, TaskFields};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::server::{Answer, PASSWORD, TestServer};

/// A server with its data in a directory of its own, and somebody who may do everything.
pub struct Site {
    pub server: TestServer,
    pub admin: Arc<User>,
    pub token: String,
    data: TempDir,
}

/// A part of a body: its name, what its file is called, its content.
pub type Part<'p> = (&'p str, Option<&'p str>, &'p [u8]);

const BOUNDARY: &str = "------------------------d74496d66958873e";

impl Site {
    pub async fn new() -> Site {
        Site::with(|config| config).await
    }

    /// The same, configured further.
    pub async fn with(configure: impl FnOnce(Config) -> Config) -> Site {
        Site::placed(None, configure).await
    }

    /// The same with its assets in another place than on disk.
    pub async fn placed(place: Option<Arc<dyn BlobBackend>>, configure: impl FnOnce(Config) -> Config) -> Site {
        let data = tempfile::tempdir().unwrap();
        let config = configure(Config {
            data: data.path().to_owned(),
            ..Config::default()
        });
        let server = TestServer::placed(config, place).await;
        let admin = server.admin("ada@example.org").await;
        let token = token(&server, "ada@example.org").await;
        Site {
            server,
            admin,
            token,
            data,
        }
    }

    /// Another member of the organisation, and their token.
    pub async fn member(&self, role: Role) -> (Arc<User>, String) {
        let email = format!("{role:?}@example.org").to_lowercase();
        let user = NewUser {
            first_name: "Ben".into(),
            last_name: "Member".into(),
            email: email.clone(),
            role,
            password: Password::new(PASSWORD),
        };
        let services = &self.server.app.services;
        let user = services.create_user(self.admin.organization, &user).await.unwrap();
        (user, token(&self.server, &email).await)
    }

    /// A project with a task.
    pub async fn project(&self) -> (Arc<Project>, Arc<Task>) {
        let services = &self.server.app.services;
        let viewer = kanvaro::model::Viewer::new(&self.admin, &session(&self.admin));
        let project = ProjectFields {
            name: Some(Some("Website".into())),
            ..ProjectFields::default()
        };
        let project = services.create_project(&viewer, &project, &[]).await.unwrap();
        let task = TaskFields {
            title: Some(Some("Write".into())),
            ..TaskFields::default()
        };
        let task = services
            .create_task(&viewer, project.id, None, &[], &task)
            .await
            .unwrap();
        (project, task)
    }

    /// A request of these parts, with all that it needs.
    pub fn post(&self, parts: &[Part<'_>]) -> RequestBuilder {
        self.bare(parts)
            .header("graphql-require-preflight", "1")
            .bearer_auth(&self.token)
    }

    /// A request of these parts.
    pub fn bare(&self, parts: &[Part<'_>]) -> RequestBuilder {
        let client = self.server.client.post(self.server.url("/graphql"));
        client
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body(parts))
    }

    /// Uploads these as the files of `variables.input.FIELD`, or of its list.
    pub async fn upload(&self, token: &str, mutation: &str, mut input: Value, files: &[(&str, &[u8])]) -> Answer {
        let is_list = mutation == "attachToTask";
        input[if is_list { "files" } else { "file" }] = if is_list {
            json!(vec![Value::Null; files.len()])
        } else {
            Value::Null
        };
        let operations = json!({ "query": document(mutation), "variables": { "input": input } }).to_string();
        let place = |at: usize| match is_list {
            true => format!("variables.input.files.{at}"),
            false => "variables.input.file".to_owned(),
        };
        let map: Value = (0..files.len())
            .map(|at| (at.to_string(), json!([place(at)])))
            .collect();
        let map = map.to_string();
        let names: Vec<String> = (0..files.len()).map(|at| at.to_string()).collect();
        let mut parts: Vec<Part<'_>> = vec![
            ("operations", None, operations.as_bytes()),
            ("map", None, map.as_bytes()),
        ];
        for (name, (called, content)) in names.iter().zip(files) {
            parts.push((name, Some(called), content));
        }
        let request = self
            .bare(&parts)
            .header("graphql-require-preflight", "1")
            .bearer_auth(token);
        self.server.send(request).await
    }

    /// What this person is answered.
    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> Answer {
        let request = self.server.post(&json!({ "query": query, "variables": variables }));
        self.server.send(request.bearer_auth(token)).await
    }

    pub async fn get(&self, path: &str) -> Response {
        self.server.client.get(self.server.url(path)).send().await.unwrap()
    }

    /// Where assets lie.
    pub fn assets(&self) -> PathBuf {
        self.data.path().join("assets")
    }

    /// How many temporary files there are.
    pub fn temporary(&self) -> usize {
        std::fs::read_dir(self.data.path().join("uploads")).map_or(0, Iterator::count)
    }

    /// How many assets the store has.
    pub async fn stored(&self) -> u64 {
        let everything = [kanvaro::model::Filter::everything()];
        let counts = self
            .server
            .app
            .store
            .count(kanvaro::model::Kind::Asset, &everything)
            .await;
        counts.unwrap()[0]
    }
}

/// The document of an upload.
pub fn document(mutation: &str) -> String {
    let object = match mutation {
        "uploadAvatar" => "user { avatar { ...I } }",
        "uploadProjectCover" => "project { version cover { ...I } }",
        "uploadOrganizationLogo" => "organization { logo { ...I } }",
        _ => "task { version attachments { id name contentType bytes url kind image { ...I } uploadedBy { id } } }",
    };
    let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    format!(
        "mutation($input: {input}!) {{ done: {mutation}(input: $input) {{ {object} userErrors {{ field code message }} }} }} \
         fragment I on Image {{ url width height placeholder thumbnail srcset small: url(width: 300) \
         variants {{ name url width height bytes contentType }} }}"
    )
}

/// A body of these parts, as curl writes it.
pub fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, called, content) in parts {
        let file = called.map_or(String::new(), |called| {
            format!("; filename=\"{called}\"\r\nContent-Type: application/octet-stream")
        });
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn token(server: &TestServer, email: &str) -> String {
    let password = Password::new(PASSWORD);
    let login = server.app.services.login(email, &password, "test").await;
    login.unwrap().0.text()
}

fn session(user: &User) -> Session {
    crate::support::sample::session(user)
}
