"""The Python client gql against a running server: python client.py URL EMAIL PASSWORD PROJECT.

It takes the schema from the server, checks documents before they are sent, and turns times into datetimes.
"""

import sys
from datetime import datetime, timezone

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.utilities import update_schema_scalar
from graphql import GraphQLError, GraphQLScalarType

SIGN_IN = gql("mutation SignIn($input: LoginInput!) { login(input: $input) { token } }")

TASKS = gql(
    """
    query Tasks($project: ID!, $cursor: String, $until: DateTime) {
      tasks(filter: {projectId: $project, updatedSince: $until}, first: 5, after: $cursor) {
        nodes { id title createdAt dueDate assignees { fullName } }
        pageInfo { hasNextPage endCursor }
      }
    }
    """
)

UPDATE = gql(
    """
    mutation Update($input: UpdateTaskInput!) {
      updateTask(input: $input) { task { title dueDate } userErrors { field code } }
    }
    """
)


class CountingTransport(RequestsHTTPTransport):
    """Counts what goes over the wire."""

    count = 0

    def execute(self, *given, **named):
        self.count += 1
        return super().execute(*given, **named)


def date_time():
    return GraphQLScalarType(
        name="DateTime",
        serialize=lambda time: time.isoformat().replace("+00:00", "Z"),
        parse_value=lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")),
    )


def signed_in(url, email, password):
    """A client that knows the schema, over a transport that is signed in."""
    with Client(transport=RequestsHTTPTransport(url=url)) as session:
        answer = session.execute(SIGN_IN, variable_values={"input": {"email": email, "password": password}})
    transport = CountingTransport(url=url, headers={"authorization": f"Bearer {answer['login']['token']}"})
    return Client(transport=transport, fetch_schema_from_transport=True, parse_results=True), transport


def main(url, email, password, project):
    client, transport = signed_in(url, email, password)
    with client as session:
        update_schema_scalar(client.schema, "DateTime", date_time())
        assert transport.count == 1, "the schema takes one request"

        titles, cursor = [], None
        for _ in range(2):
            variables = {"project": project, "cursor": cursor}
            page = session.execute(TASKS, variable_values=variables)["tasks"]
            titles += [node["id"] for node in page["nodes"]]
            cursor = page["pageInfo"]["endCursor"]
        assert len(set(titles)) == 10, titles
        created = page["nodes"][0]["createdAt"]
        assert isinstance(created, datetime) and created.tzinfo is not None, created
        assert transport.count == 3, transport.count

        due = datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
        change = {"taskId": titles[0], "dueDate": due}
        changed = session.execute(UPDATE, variable_values={"input": change}, serialize_variables=True)["updateTask"]
        assert changed["task"]["dueDate"] == due and changed["userErrors"] == [], changed

        try:
            session.execute(gql("{ viewer { nonsense } }"))
        except GraphQLError as refused:
            assert "Cannot query field 'nonsense' on type 'Viewer'" in str(refused), refused
        else:
            raise AssertionError("a document that isn't valid was sent")
        assert transport.count == 4, "and it was refused before it was sent"

        try:
            session.execute(gql("query Task($id: ID!) { task(id: $id) { id } }"), variable_values={"id": "nonsense"})
        except TransportQueryError as refused:
            assert refused.errors[0]["extensions"]["code"], refused.errors
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
