"""One-time codes: challenges, attempts, devices, windows, redemption."""
