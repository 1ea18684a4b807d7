"""Somebody who left a mark wherever they could, among others who left theirs; and how a copy of their things is made and opened."""

import io
import json
import re
import uuid
import zipfile
from typing import Any

from django.utils import timezone

from community.downloads import actions as downloads
from community.kit.encryption import unseal
from community.members.invitations import cohorts
from community.members.invitations.actions import invite
from community.members.joining.actions import answer
from community.members.models import Cohort, ConsentText, Device, User
from community.members.people import recovery
from community.members.settings import actions as settings
from community.members.signing_in import addresses
from community.notifications.models import PushSubscription
from community.notifications.texting import actions as texting
from community.notifications.texting import reading
from community.safety import actions as safety
from community.safety.models import Report
from groups.chat import actions as chat
from groups.chat.models import Message
from groups.peers import actions as peers
from groups.peers.join import requests
from tests.cast import PASSWORD, bring_in, make_cast, make_group

# What Robin left, and where. Each is in their copy, in the pages and in the JSON.
MARKS = (
    "Robin Redbreast", "robin@mark-address.example", "mark-asked@example.org", "Mark of a cohort", "Mark of a device", "Mark of a browser",
    "Mark of help", "Mark of a message", "Mark of an edit", "Mark of a hidden message", "Mark of a question", "Mark of a draft",
    "Mark of a report", "Mark of a request", "Mark of a left group", "Mark of an own answer", "Mark of <b>markup</b>",
    "Mark of an earlier name", "Mark of a thanked welcome", "Mark of a group of theirs", "Mark of a blocked name",
    "+12025550143", "Mark of what was agreed to",
)  # fmt: skip
ANSWERED = ("An answer to Robin", "An answer to a question")  # which others wrote, and Robin's copy holds
# What is of others, or about Robin and not theirs to know.
FOREIGN = (
    "Not for Robin", "To nobody", "From a left group", "From a blocked one", "Taken back", "Hidden by now", "Why it was hidden",
    "Reported it", "Secret corner", "alice@example.org", "Before Robin came",
)  # fmt: skip


def make_world() -> None:
    """Make the cast, Robin and all that each of them did."""
    people, group = make_cast()
    ada, faye, mo, alice, bob, charlie = (people[name] for name in ("ada", "faye", "mo", "alice", "bob", "charlie"))
    robin = _join(ada)
    _settle(robin, ada)
    User.objects.filter(pk=charlie.pk).update(name="Mark of a blocked name")
    bring_in(actor=faye, group=group, member=charlie)
    _talk(robin, group, faye, mo, alice, bob, charlie)
    _elsewhere(robin, ada, faye, alice)


def _join(ada: User) -> User:
    cohort = cohorts.make_cohort(actor=ada, name="Mark of a cohort", buddy=ada)
    invitation, _key = invite(actor=ada, email="robin@mark-address.example", cohort=cohort)
    return answer(invitation=invitation, name="Mark of an earlier name", password=PASSWORD, text=ConsentText.objects.latest())


def _settle(robin: User, ada: User) -> None:
    settings.change_profile(member=robin, name="Robin Redbreast", time_zone="America/Chicago", drawing="kettle")
    recovery.take_factors_off(actor=ada, member=robin, reason="Mark of help")  # first, as it signs them out
    Device.objects.create(member=robin, session_key="k", words="Mark of a device", seen_at=timezone.now())
    PushSubscription.objects.create(member=robin, words="Mark of a browser", endpoint_hash="0" * 64, sealed="", key_id="")
    addresses.request_change(member=robin, email="mark-asked@example.org")
    texting.ask_code(member=robin, typed="+1 202 555 0143", agreed_to="Mark of what was agreed to")
    texting.prove(member=robin, code=_code_of(robin))
    Cohort.objects.create(name="Mark of a thanked welcome", buddy=robin)


def _code_of(robin: User) -> str:
    row = reading.open_code(robin)
    assert row
    return unseal(row.sealed)[1]


def say(member: User, group: Any, body: str, **more: Any) -> Message:
    return chat.send(member=member, channel=group.channels.get().pk, client_id=uuid.uuid4(), body=body, **more)


def _talk(robin: User, group: Any, faye: User, mo: User, alice: User, bob: User, charlie: User) -> None:
    before = say(alice, group, "Before Robin came")
    bring_in(actor=faye, group=group, member=robin)
    mine = say(robin, group, "Mark of a message")
    edited = say(robin, group, "As it was")
    chat.edit(member=robin, message=edited.pk, body="Mark of an edit")
    hidden, question = say(robin, group, "Mark of a hidden message"), say(robin, group, "Mark of a question")
    say(robin, group, "Mark of <b>markup</b>")
    say(robin, group, "Mark of an own answer", reply_to=before.pk)
    say(bob, group, "To nobody")
    say(bob, group, "Not for Robin", reply_to=before.pk)
    say(bob, group, "An answer to Robin", reply_to=mine.pk)
    say(alice, group, "An answer to a question", reply_to=question.pk)
    say(charlie, group, "From a blocked one", reply_to=mine.pk)
    chat.delete(member=bob, message=say(bob, group, "Taken back", reply_to=mine.pk).pk)
    for unkind, why in ((hidden, "Why it was hidden"), (say(bob, group, "Hidden by now", reply_to=mine.pk), "Unkind")):
        report = safety.report(member=alice, kind="message", target_id=unkind.pk, reason="other", note="Reported it")
        safety.decide(actor=mo, report=report, decision=Report.Decision.HIDDEN, why=why, kind_note="Please be kind.")
    chat.react(member=robin, message=before.pk, emoji="hug")
    chat.save_draft(member=robin, channel=group.channels.get().pk, body="Mark of a draft")
    safety.report(member=robin, kind="message", target_id=before.pk, reason="other", note="Mark of a report")
    safety.block(member=robin, other=charlie)
    safety.block(member=alice, other=robin)


def _elsewhere(robin: User, ada: User, faye: User, alice: User) -> None:
    """A group that Robin asked to join, one of their own, and one that they left and that is hidden."""
    asked = make_group(actor=ada, facilitator=faye, members=(), name="By asking", join_policy="ask")
    requests.ask(member=robin, group=asked, message="Mark of a request")
    make_group(actor=ada, facilitator=robin, members=(), name="Mark of a group of theirs")
    left = make_group(actor=ada, facilitator=faye, members=(alice, robin), name="Secret corner", join_policy="hidden")
    mine = say(robin, left, "Mark of a left group")
    say(alice, left, "From a left group", reply_to=mine.pk)
    peers.remove(actor=faye, group=left, member=robin)


def copy_of(member: User) -> zipfile.ZipFile:
    """A copy of somebody's things, as they would download it now."""
    downloads.ask(member=member)
    downloads.make_due()
    return zipfile.ZipFile(io.BytesIO(downloads.fetch(member=member)))


def pages(archive: zipfile.ZipFile) -> dict[str, str]:
    return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")}


def data(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read("data.json"))


def links(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="([^"]*)"', page))
