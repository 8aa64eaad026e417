"""Journeys of a customer, a file each, which an endpoint names; and the parts that several of them share.

Parts: `provider_commit`, `provider_ownership`, `provider_changes`, `deletion_refusal` and `admins`.
"""
