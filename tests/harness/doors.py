"""What a session's tokens open, and a customer's item for direct changes in the table."""

from customer_auth.aws import keys


class Doors:
    """The endpoints that take an access or a refresh token."""

    def __init__(self, api):
        self.api = api

    def me(self, token: str):
        return self.api.get("/store/customers/me", headers={"authorization": f"Bearer {token}"})

    def validate(self, token: str):
        return self.api.post("/login/validate", sessionToken=token)

    def refresh(self, token: str):
        return self.api.post("/login/refresh", refreshToken=token)

    def log_out(self, token: str, **more):
        return self.api.post("/login/logout", refreshToken=token, **more)

    def open_to(self, session: dict) -> set[str]:
        """Which of them the session's tokens still open."""
        answers = {
            "me": self.me(session["token"]),
            "validate": self.validate(session["token"]),
            "refresh": self.refresh(session["refresh_token"]),
        }
        assert {answer.status for answer in answers.values()} <= {200, 401}
        return {name for name, answer in answers.items() if answer.status == 200}


class CustomerItem:
    """A customer's item in the table."""

    def __init__(self, api, customer):
        self.dynamodb = api.engine.clients.dynamodb
        self.ref = {"TableName": api.engine.ids["CustomersTable"], "Key": {"pk": {"S": keys.customer(customer.id)}}}

    def set(self, attribute: str, value: dict) -> None:
        update = {"UpdateExpression": "SET #a = :v", "ExpressionAttributeNames": {"#a": attribute}}
        self.dynamodb.update_item(**self.ref, **update, ExpressionAttributeValues={":v": value})

    def delete(self) -> None:
        self.dynamodb.delete_item(**self.ref)
