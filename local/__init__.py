"""The local stack: `template.yaml` served on this machine, with an embedded AWS; nothing in it is deployed."""
