"""Uploads a picture and files with gql: ENDPOINT TOKEN AVATAR PICTURE ATTACH TASK FILE..."""

import json
import sys

from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

endpoint, token, avatar, picture, attach, task, *files = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "GraphQL-Require-Preflight": "1"}
client = Client(transport=RequestsHTTPTransport(url=endpoint, headers=headers))
with open(picture, "rb") as opened:
    answered = client.execute(gql(avatar), variable_values={"file": opened}, upload_files=True)
opened = [open(path, "rb") for path in files]
attached = client.execute(gql(attach), variable_values={"task": task, "files": opened}, upload_files=True)
json.dump({"avatar": answered, "files": attached}, sys.stdout)
