"""Uploads a picture and files with gql: ENDPOINT TOKEN AVATAR PICTURE ATTACH TASK FILE..."""

import json
import sys

from gql import Client, FileVar, gql
from gql.transport.requests import RequestsHTTPTransport

endpoint, token, avatar, picture, attach, task, *files = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "GraphQL-Require-Preflight": "1"}
client = Client(transport=RequestsHTTPTransport(url=endpoint, headers=headers))
answered = client.execute(gql(avatar), variable_values={"file": FileVar(picture)}, upload_files=True)
attached = client.execute(gql(attach), variable_values={"task": task, "files": [FileVar(path) for path in files]}, upload_files=True)
json.dump({"avatar": answered, "files": attached}, sys.stdout)
