"""Hiding asks for its own right, whoever calls it: a page that forgot to would let anybody take words from all."""

import pytest

from community.kit.errors import Refusal, Refused
from community.members.people.actions import give_role
from community.members.roles import Role
from groups.chat import actions
from groups.chat.models import Message
from tests.chat.pages import say


@pytest.mark.parametrize("who", ["alice", "bob", "faye", "charlie", "pat", "rena", "ada"])
def test_only_a_moderator_hides_what_a_member_wrote(request, channel, bob, mo, who):
    actor, message = request.getfixturevalue(who), say(bob, channel, "Mine").pk
    with pytest.raises(Refused) as refused:
        actions.hide(actor=actor, message=message)
    assert refused.value.code == Refusal.FORBIDDEN and not Message.objects.get(pk=message).hidden
    actions.hide(actor=mo, message=message)
    with pytest.raises(Refused):
        actions.hide(actor=actor, message=message, hidden=False)
    assert Message.objects.get(pk=message).hidden


def test_what_a_moderator_wrote_is_hidden_by_an_admin_and_not_by_themselves(channel, bob, ada):
    message = say(bob, channel, "Mine").pk
    give_role(actor=ada, member=bob, role=Role.MODERATOR)
    with pytest.raises(Refused):
        actions.hide(actor=type(bob).objects.get(pk=bob.pk), message=message)
    actions.hide(actor=ada, message=message)
    assert Message.objects.get(pk=message).hidden
