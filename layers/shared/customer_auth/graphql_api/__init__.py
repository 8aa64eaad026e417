"""The GraphQL API: its schema, the bounds of documents, and one resolver for each field."""
