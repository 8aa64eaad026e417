"""Time, identifiers, settings, errors, languages and rate limits: pure code without AWS."""
