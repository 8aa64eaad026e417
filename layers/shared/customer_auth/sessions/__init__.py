"""Sessions, and the refresh tokens that renew them."""
