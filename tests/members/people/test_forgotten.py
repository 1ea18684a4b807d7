"""After a week, nothing that has a name is left of somebody who closed their account: in no table, file or e-mail."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.backups import files
from community.centre.tasks import forget_old
from community.kit.mail import OutboxBackend
from community.kit.text.names import skeleton
from community.members.invitations.actions import invite
from community.members.joining import actions as joining
from community.members.models import ConsentText, Device, User
from community.members.people import recovery
from community.members.settings import actions, closing_actions
from community.members.signing_in import addresses
from community.notifications.models import PushSubscription
from community.safety import actions as safety
from groups.chat import actions as chat
from groups.peers.join import requests
from groups.peers.models import JoinRequest
from tests.cast import PASSWORD, bring_in, make_group, prove

pytestmark = pytest.mark.postgresql

MARKS = {
    "name": "Zephyrine", "former name": "Quillonia", "looks like": skeleton("Zephyrine"), "link": "quincetrail",
    "address": "zq.first@example.org", "wanted address": "zq.second@example.org", "sign-in name": "Tamarisk Ferry",
    "sign-in key": skeleton("Tamarisk Ferry"), "message": "wexlumber", "push": "Yarrow on Gate", "edited": "brindlewick",
    "removed": "cloverspan", "reply": "dapplemere", "draft": "elderquay", "request": "fennelrow", "answer": "gorsehollow",
    "help": "hawthornby", "browser": "Iris on Juniper", "time zone": "Pacific/Chatham", "e-mail on its way": "zq.first",
    "passkey": "Larchphone",
}  # fmt: skip


def say(member, channel, body, **more):
    return chat.send(member=member, channel=channel.pk, client_id=uuid.uuid4(), body=body, **more)


def stored():
    """All that the database and the files hold, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield str(cursor.fetchall())
    for name in files.names(default_storage):
        with default_storage.open(name) as file:
            yield file.read().decode("latin-1")


def left():
    there = "\n".join(stored()).lower()
    return {what for what, mark in MARKS.items() if mark.lower() in there}


def test_after_the_week_nothing_is_left_of_twenty_marked_values(ada, alice, bob, faye, group, channel, time_machine, settings):
    """In any table, file or e-mail: also in one that nobody thought of."""
    invitation, _key = invite(actor=ada, email=MARKS["address"])
    OutboxBackend().send_messages([mail.outbox[-1]])
    person = joining.answer(invitation=invitation, name=MARKS["former name"], password=PASSWORD, text=ConsentText.objects.latest())
    bring_in(actor=faye, group=group, member=person)
    say(bob, channel, f"@{MARKS['former name']}, hello")
    actions.change_profile(member=person, name=MARKS["name"], time_zone=MARKS["time zone"], drawing="")
    said = say(person, channel, MARKS["message"])
    say(bob, channel, f"@{MARKS['name']}, hello again", reply_to=said.pk)
    edited = say(person, channel, f"https://example.org/{MARKS['link']}")
    chat.edit(member=person, message=edited.pk, body=f"{MARKS['edited']} https://example.org/{MARKS['link']}")
    chat.delete(member=person, message=say(person, channel, MARKS["removed"]).pk)
    say(person, channel, MARKS["reply"], reply_to=said.pk)
    chat.save_draft(member=person, channel=channel.pk, body=MARKS["draft"])
    asking = make_group(actor=ada, facilitator=faye, members=(), name="By asking", join_policy="ask")
    requests.ask(member=person, group=asking, message=MARKS["request"])
    refused = make_group(actor=ada, facilitator=faye, members=(), name="Also", join_policy="ask")
    requests.ask(member=person, group=refused, message=MARKS["request"])
    JoinRequest.objects.filter(group=refused).update(answer=MARKS["answer"], state=JoinRequest.State.REFUSED)
    recovery.take_factors_off(actor=ada, member=person, reason=MARKS["help"])
    addresses.request_change(member=person, email=MARKS["wanted address"])
    User.objects.filter(pk=person.pk).update(sign_in_name=MARKS["sign-in name"], sign_in_key=MARKS["sign-in key"])
    Device.objects.create(member=person, session_key="x" * 32, words=MARKS["browser"], seen_at=timezone.now())
    person.authenticator_set.create(type="webauthn", data={"name": MARKS["passkey"]})
    safety.report(member=bob, kind="person", target_id=person.pk, reason="other")
    client = Client()
    client.force_login(person)
    prove(client, person)
    assert client.get("/me/").status_code == 200

    PushSubscription.objects.create(member=person, words=MARKS["push"], endpoint_hash="0" * 64, sealed="", key_id="")
    assert len(MARKS) > 20 and left() == set(MARKS)
    closing_actions.ask_for_closing(member=person, empties_messages=True)
    time_machine.move_to(timezone.now() + dt.timedelta(days=8), tick=False)
    forget_old()
    assert left() == set()
    assert User.objects.get(pk=person.pk).name == "Former member"
