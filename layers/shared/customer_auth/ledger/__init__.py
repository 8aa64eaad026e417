"""The ledger: what messages cost, whether they arrived, and whether their codes were used."""
