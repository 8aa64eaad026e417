"""The parameters that accompany DynamoDB expressions.

In our expressions every attribute is written `#name`, whether its name is reserved or not, and every value `:name`. The names are collected
from the text, so that a caller passes the values alone.
"""

import re
from functools import lru_cache
from typing import Any

from customer_auth.aws.attribute_values import marshal

_NAMES = re.compile(r"#(\w+)")


def parameters(update: str, condition: str, values: dict[str, Any] | None = None, aliases: dict[str, str] | None = None) -> dict[str, Any]:
    """What a write with this update expression and this condition needs besides its key; either text may be empty.

    A failed condition returns the item as it was. `aliases` maps a `#name` to its attribute where that is not `name` itself.
    """
    written: dict[str, Any] = {"UpdateExpression": update} if update else {}
    names = _names(f"{update} {condition}")
    if aliases:
        names = names | {f"#{alias}": attribute for alias, attribute in aliases.items() if f"#{alias}" in names}
    if names:
        written |= {"ExpressionAttributeNames": names}
    if condition:
        written |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if values:
        written |= {"ExpressionAttributeValues": {name: marshal(value) for name, value in values.items()}}
    return written


@lru_cache(maxsize=256)
def _names(text: str) -> dict[str, str]:
    return {f"#{name}": name for name in _NAMES.findall(text)}
