"""Time, ids, settings, errors, languages, rate-limit windows: pure, no AWS."""
