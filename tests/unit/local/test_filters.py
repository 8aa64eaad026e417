import pytest

from local.filters import fits, fits_any

RECORD = {
    "eventName": "INSERT",
    "dynamodb": {"NewImage": {"event": {"S": "requested:login"}, "count": {"N": "5"}, "gone": {"NULL": True}, "tags": ["a", "b"]}},
}


def image(**rules):
    return {"dynamodb": {"NewImage": rules}}


@pytest.mark.parametrize(
    ("pattern", "fit"),
    [
        (image(event={"S": [{"prefix": "requested:"}]}), True),
        (image(event={"S": [{"prefix": "sent:"}]}), False),
        (image(event={"S": [{"suffix": "login"}]}), True),
        (image(event={"S": [{"equals-ignore-case": "REQUESTED:LOGIN"}]}), True),
        (image(event={"S": [{"anything-but": ["sent"]}]}), True),
        (image(event={"S": [{"anything-but": {"prefix": "requested"}}]}), False),
        (image(event={"S": ["x", "requested:login"]}), True),
        (image(event=[{"exists": True}]), True),
        (image(other=[{"exists": False}]), True),
        (image(other={"S": [{"prefix": ""}]}), False),
        (image(count={"N": [{"numeric": [">", 4, "<=", 5]}]}), True),
        (image(count={"N": [{"numeric": [">", 5]}]}), False),
        (image(count={"N": [5]}), False),
        (image(tags=["b"]), True),
        ({"eventName": ["INSERT"], **image(event={"S": ["requested:login"]})}, True),
        ({"eventName": ["REMOVE"], **image(event={"S": ["requested:login"]})}, False),
        ({"$or": [{"eventName": ["REMOVE"]}, {"eventName": ["INSERT"]}]}, True),
        ({"eventName": {"nested": ["x"]}}, False),
    ],
)
def test_a_pattern_matches_as_in_event_filtering(pattern, fit):
    assert fits(pattern, RECORD) is fit


def test_one_of_several_patterns_is_enough_and_without_patterns_everything_passes():
    assert fits_any([], RECORD)
    assert fits_any([{"eventName": ["REMOVE"]}, {"eventName": ["INSERT"]}], RECORD)
    assert not fits_any([{"eventName": ["REMOVE"]}], RECORD)


def test_an_unknown_comparison_raises_an_error():
    with pytest.raises(KeyError):
        fits({"eventName": [{"wildcard": "IN*"}]}, RECORD)
