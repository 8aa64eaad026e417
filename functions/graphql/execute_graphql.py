"""POST /graphql, GET /graphql, GET /graphql/schema: runs a GraphQL operation; by GET, only a query. The schema as text.

`graphql_api/schema.py` names the resolver of each field.
"""

from customer_auth.graphql_api.endpoint import endpoint

handler = endpoint(uses=("dynamodb", "secretsmanager", "kms"))
