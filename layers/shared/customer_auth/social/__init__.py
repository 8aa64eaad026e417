"""Sign-in by providers. Nothing is imported here, so that a function loads only what it uses."""
