//! The Rust client graphql_client: types made of schema/schema.graphql while this is compiled, sent to a running server.

use graphql_client::{GraphQLQuery, Response};

use crate::support::server::TestServer;

type DateTime = String;
type MinorUnits = i64;

macro_rules! documents {
    ($($document:ident),* $(,)?) => {$(
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "schema/schema.graphql",
            query_path = "tests/it/typed_client.graphql",
            response_derives = "Debug, Clone, PartialEq",
            variables_derives = "Default",
            skip_serializing_none
        )]
        struct $document;
    )*};
}

documents!(CreateProject, CreateTask, Tasks, Anything);

/// A server and who is signed in there.
struct Signed {
    server: TestServer,
    token: String,
}

impl Signed {
    async fn admin() -> Signed {
        let server = TestServer::start().await;
        let token = server.token("ada@example.com").await;
        Signed { server, token }
    }

    async fn send<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Response<Q::ResponseData> {
        let request = self
            .server
            .client
            .post(self.server.url("/graphql"))
            .bearer_auth(&self.token);
        let answer = request.json(&Q::build_query(variables)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn data<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Q::ResponseData {
        let answer = self.send::<Q>(variables).await;
        assert_eq!(answer.errors, None);
        answer.data.unwrap()
    }

    async fn project(&self) -> String {
        let input = create_project::CreateProjectInput {
            name: "Rust".into(),
            ..Default::default()
        };
        let made = self.data::<CreateProject>(create_project::Variables { input }).await;
        made.create_project.unwrap().project.unwrap().id
    }

    async fn task(&self, project: &str, title: &str) -> create_task::CreateTaskCreateTask {
        let input = create_task::CreateTaskInput {
            project_id: project.into(),
            title: title.into(),
            priority: Some(create_task::Priority::HIGH),
            ..Default::default()
        };
        let made = self.data::<CreateTask>(create_task::Variables { input }).await;
        made.create_task.unwrap()
    }
}

#[tokio::test]
async fn pages_are_read_as_the_generated_types_say() {
    let signed = Signed::admin().await;
    let project = signed.project().await;
    for title in ["one", "two", "three"] {
        signed.task(&project, title).await;
    }
    let (mut titles, mut cursor) = (Vec::new(), None);
    loop {
        let variables = tasks::Variables {
            project: project.clone(),
            cursor: cursor.take(),
        };
        let page = signed.data::<Tasks>(variables).await.tasks.unwrap();
        let rows = page.nodes.iter();
        assert!(
            rows.clone()
                .all(|row| row.priority == tasks::Priority::HIGH && row.created_at.ends_with('Z'))
        );
        titles.extend(rows.map(|row| row.title.clone()));
        cursor = page.page_info.end_cursor;
        if !page.page_info.has_next_page {
            break;
        }
    }
    assert_eq!(titles, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_node_is_one_variant_of_an_enum() {
    let signed = Signed::admin().await;
    let project = signed.project().await;
    let task = signed.task(&project, "one").await.task.unwrap().id;
    let node = async |id: &str| {
        signed
            .data::<Anything>(anything::Variables { id: id.into() })
            .await
            .node
    };
    let project = node(&project).await;
    assert!(matches!(project, Some(anything::AnythingNode::Project(found)) if found.name == "Rust"));
    let task = node(&task).await;
    assert!(matches!(task, Some(anything::AnythingNode::Task(found)) if found.title == "one"));
}

#[tokio::test]
async fn what_is_wrong_with_the_input_is_one_of_the_schemas_codes() {
    let signed = Signed::admin().await;
    let project = signed.project().await;
    let refused = signed.task(&project, " ").await;
    let found = refused
        .user_errors
        .iter()
        .map(|error| (&error.code, error.field.as_str()));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [(&create_task::UserErrorCode::REQUIRED, "title")]
    );
    assert_eq!(refused.task, None);
}
