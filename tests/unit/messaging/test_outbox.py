"""Which records reach the sender, by the filter in the template."""

import pytest

from local import records
from local.filters import fits_any
from tests.harness.service import template


@pytest.mark.parametrize(
    ("event", "passes"),
    [
        ("requested:register", True),
        ("requested:login", True),
        ("requested:sign_in", True),
        ("attempted", False),
        ("used:login", False),
        ("recorded", False),
        ("asked", False),
        ("masked:login", False),
        (None, False),
    ],
)
def test_the_stream_s_filter_passes_only_code_requests(event, passes):
    [stream] = template().functions["SendMessages"].streams
    image = {"pk": {"S": "code#1"}} | ({"event": {"S": event}} if event else {})

    assert fits_any(stream.filters, records.change("MODIFY", {"pk": {"S": "code#1"}}, new_image=image)) is passes


def test_a_removed_item_does_not_reach_the_sender():
    [stream] = template().functions["SendMessages"].streams
    image = {"pk": {"S": "code#1"}, "event": {"S": "requested:login"}}

    assert not fits_any(stream.filters, records.change("REMOVE", {"pk": {"S": "code#1"}}, old_image=image))
