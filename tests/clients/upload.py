"""Uploads a picture and files with gql: ENDPOINT TOKEN AVATAR PICTURE ATTACH TASK FILE..."""

import json
import sys

from gql import Client, FileVar, gql
from gql.transport.requests import RequestsHTTPTransport

endpoint, token, avatar, picture, attach, task, *files = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}", "GraphQL-Require-Preflight": "1"}
client = Client(transport=RequestsHTTPTransport(url=endpoint, headers=headers))


def execute(document, **variables):
    request = gql(document)
    request.variable_values = variables
    return client.execute(request, upload_files=True)


answered = execute(avatar, file=FileVar(picture))
attached = execute(attach, task=task, files=[FileVar(path) for path in files])
json.dump({"avatar": answered, "files": attached}, sys.stdout)
