"""The function that cold starts are compared with: Powertools' example of an HTTP API, and one read of a table by boto3."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

logger = Logger()
app = APIGatewayHttpResolver()
dynamodb = boto3.client("dynamodb")


@app.get("/health")
def hello() -> dict[str, str]:
    response = dynamodb.get_item(TableName=os.environ["CUSTOMERS_TABLE"], Key={"pk": {"S": "hello"}})
    return {"message": f"hello {response.get('Item', 'world')}"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    answer: dict[str, Any] = app.resolve(event, context)
    return answer
