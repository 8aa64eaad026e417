"""Deletion requests, the erasure of accounts, receipts."""
