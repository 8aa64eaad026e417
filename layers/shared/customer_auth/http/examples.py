"""What the OpenAPI document shows in examples; none of it opens anything."""

PHONE = "+14155550123"
EMAIL = "ada@example.com"
CODE = "123456"
CUSTOMER_ID = "cus_4fj0k2p9v7q1m8r3t6a5c0dn"
DELETION_ID = "adr_1k8n3q5v7r9t2d4e6a0c1d3f"
CANCEL_TOKEN = f"cus_4fj0k2p9v7q1m8r3t6a5c0dn.{DELETION_ID}.1767225600.0.Zk3v9mQ2x7Lr1bTn8cYw4sHd6pJf0aGe5uKi3oXq2VU"
RECEIPT = "eyJhbGciOiJFUzI1NiJ9.eyJyZXF1ZXN0X2lkIjoiYWRyXzFrOG4zcTV2N3I5dDJ3NHk2YTBjMWQzZiJ9.c2lnbmF0dXJl"
SESSION_ID = "ses_0k7m2p4v6q8r1t3a5c7d9f0g"
CHALLENGE = "pYtY0C0BG0uXnkYt7Qk5XwHq3B2mQe2d4mJ0b1c9p0tV"
DEVICE = "AGl9Q4Dp2xT7mYb0LsV3kRfNc8Hw"
ACCESS_TOKEN = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsxIn0.eyJzdWIiOiJjdXNfNGZqMGsycDl2N3ExbThyM3Q2YTVjMGRuIn0.c2lnbmF0dXJl"  # noqa: S105 (signed with the word «signature»)
REFRESH_TOKEN = (
    f"{CUSTOMER_ID}.{SESSION_ID}.1767225600.0.m0Jx2Yc5Qe8Rb1Tn4Wk7Zp0Sd3Vf6Hj9La2Mo5Iu8Gy.Xr3Ub6Ne9Kc2Of5Pi8Hq1Jt4Lw7Mz0AsDvYgBe3CxF6"
)
IDEMPOTENCY_KEY = "0b6f2f6e-7d7c-4c0e-9a51-6b1f5d3a2c77"
BINDING = "Hq1Jt4Lw7Mz0AsDvYgBe3CxF6Xr3Ub6Ne9Kc2Of5Pi8"
STATE = "m0Jx2Yc5Qe8Rb1Tn4Wk7Zp0Sd3Vf6Hj9La2Mo5Iu8GyT4nKw9PzQ3s"
REDIRECT_URL = "https://shop.example.com/auth/callback"
ISSUER = "https://auth.shop.example"
AT, AT_ISO = 1769851800, "2026-01-31T09:30:00Z"
# The modulus of RFC 7517, appendix A.1.
MODULUS = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
    "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)
PASSWORD = "correct horse battery staple"  # noqa: S105 (an example)
REGISTRATION_TOKEN = "reg_5tq1v0c8m2k7r3d9f4h6j0pn.Wm4xQ8rT2vKc.1767225600.0.Zk3v9mQ2x7Lr1bTn8cYw4sHd6pJf0aGe5uKi3oXq2VU"  # noqa: S105
REFERRAL_CODE = "7K2M9XQ4R8TD"
REFERRAL_LINK = "refl_4fj0k2p9v7q1m8r3t6a5c0dn"
CURSOR = "WzE3OTUyNTM0MDAsICJjdXNfNGZqMGsycDl2N3ExbThyM3Q2YTVjMGRuIl0"
