"""Customers, their addresses, registrations and referrals."""
