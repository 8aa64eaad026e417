"""DynamoDB's attribute values as plain Python values: `{"S": "ada"}` is "ada", `{"N": "3"}` is 3, `{"B": "AA=="}` is one zero byte.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

import base64
from typing import Any

_TYPES: dict[type, str] = {str: "S", bool: "BOOL"}


def marshal_item(item: dict[str, Any]) -> dict[str, Any]:
    """The item with DynamoDB's attribute values."""
    return {name: marshal(value) for name, value in item.items()}


def marshal(value: Any) -> dict[str, Any]:
    """The attribute value of one plain value. Sets and fractions are not used here."""
    type_name = _TYPES.get(type(value))
    if type_name is not None:
        return {type_name: value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    if isinstance(value, str):  # a member of a StrEnum
        return {"S": str(value)}
    if isinstance(value, dict):
        return {"M": marshal_item(value)}
    return {"NULL": True} if value is None else {"L": [marshal(element) for element in value]}


def unmarshal_item(item: dict[str, Any]) -> dict[str, Any]:
    """The item with plain values, from the form in which responses, failed conditions and streams contain it."""
    return {name: _unmarshal(value) for name, value in item.items()}


def _unmarshal(value: dict[str, Any]) -> Any:
    [(type_name, content)] = value.items()
    match type_name:
        case "N":
            return int(content)
        case "B":
            return base64.b64decode(content)
        case "M":
            return unmarshal_item(content)
        case "L":
            return [_unmarshal(element) for element in content]
        case "NULL":
            return None
    return content
