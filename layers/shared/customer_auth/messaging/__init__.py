"""Outgoing messages: the outbox, notifications, templates, senders."""
