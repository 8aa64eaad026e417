"""Customers with the role of an administrator."""


def make_admin(engine, customer_id: str, roles=("admin",)) -> None:
    """Give the customer the role, as the command does."""
    engine.clients.dynamodb.update_item(
        TableName=engine.ids["CustomersTable"],
        Key={"pk": {"S": f"customer#{customer_id}"}},
        UpdateExpression="SET #roles = :roles",
        ExpressionAttributeNames={"#roles": "roles"},
        ExpressionAttributeValues={":roles": {"L": [{"S": role} for role in roles]}},
    )
