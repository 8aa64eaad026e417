"""The components of the OpenAPI document that no endpoint declares alone: headers that many take, and the kinds of credentials."""

from customer_auth.http import examples
from customer_auth.http.endpoint import Bearer
from customer_auth.http.request import KEY
from customer_auth.tokens import publishable_keys

PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Random. The same proof with the same key gets, for 2 minutes, the same outcome, however the first answer was lost.",
        "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
        "example": examples.IDEMPOTENCY_KEY,
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "The language of the message, where the body has no `locale`.",
        "schema": {"type": "string"},
        "example": "tr-TR,tr;q=0.9",
    },
}

SECURITY = {
    Bearer.CUSTOMER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token (RFC 9068)."},
    Bearer.REGISTRATION: {
        "type": "http",
        "scheme": "bearer",
        "description": "A registration token, of POST /auth/customer/emailpass/register: opens one customer, within 30 minutes.",
    },
    Bearer.RESET: {
        "type": "http",
        "scheme": "bearer",
        "description": "A reset token, of the link that POST /auth/customer/emailpass/reset-password sends: sets one password, once.",
    },
    "storefront": {"type": "apiKey", "in": "header", "name": publishable_keys.HEADER},
}
