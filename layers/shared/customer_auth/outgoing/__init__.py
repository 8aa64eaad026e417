"""Requests to services other than AWS. Nothing is imported here, so that a function loads only what it uses."""
