"""Deletion requests, erasure, receipts."""
