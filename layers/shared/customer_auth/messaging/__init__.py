"""The outbox, notifications, texts, senders."""
