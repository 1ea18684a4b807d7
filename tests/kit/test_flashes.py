"""A flash message about what can be undone has a button for it, and no other message does."""

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string


@pytest.mark.parametrize(("tags", "can_undo"), [("/unblock/7/", True), ("", False), ("safe", False)])
def test_undo_is_offered_where_there_is_a_way_back(tags, can_undo):
    """Wagtail marks its notes "safe"; one that is shown on a page of ours would post to an address that is none."""
    shown = render_to_string("components/flashes.html", {"messages": [Message(SUCCESS, "Done", tags)]})
    assert "Done" in shown and ("Undo" in shown) is can_undo
