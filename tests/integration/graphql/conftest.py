"""Fixtures for the GraphQL endpoint."""

import pytest

from tests.harness.graphql_clients import GraphqlClient


@pytest.fixture
def guest(api, inbox):
    """Somebody without an account."""
    return GraphqlClient(api, inbox)


@pytest.fixture
def other_guest(api, inbox):
    """Somebody else without an account."""
    return GraphqlClient(api, inbox)


@pytest.fixture
def signed_in(api, inbox, customer):
    """A customer who has just signed in, as a client of GraphQL."""
    return GraphqlClient(api, inbox).as_customer(customer.session["token"])
