"""POST /graphql, GET /graphql, GET /graphql/schema: runs a GraphQL operation; by GET, only a query. The schema as text."""

from customer_auth.graphql_api.endpoint import endpoint

handler = endpoint(uses=("dynamodb", "secretsmanager", "kms"))
