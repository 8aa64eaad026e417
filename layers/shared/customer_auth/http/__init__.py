"""Lambda events, requests, fields and schemas: the only place that knows HTTP."""
