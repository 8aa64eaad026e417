"""Consents to commercial messages. Nothing is imported here, so that a function loads only what it uses."""
