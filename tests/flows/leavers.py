"""Somebody who left twenty marks wherever a member can, and the search for them: run inside a site's own process, printing JSON."""

import contextlib
import datetime as dt
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

import time_machine
from allauth.mfa.models import Authenticator
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from community.downloads import actions as downloads
from community.downloads.models import Download
from community.kit import task_queue
from community.kit.encryption import seal, unseal, unseal_file
from community.kit.models import OutboxEmail
from community.kit.schedule import JOBS
from community.kit.worker import LOOPS
from community.members.invitations.actions import invite
from community.members.joining.actions import answer
from community.members.models import ConsentText, Device, User
from community.members.people import recovery
from community.members.people.closing_models import AccountClosing
from community.members.settings import actions as settings
from community.members.settings import closing_actions
from community.members.signing_in import addresses, ways_back
from community.members.signing_in.sessions import SessionStore
from community.notifications import expansion
from community.notifications.models import PushSubscription, TextCode, TextNumber, preferences_of
from groups.chat import actions as chat
from groups.peers import actions as peers
from groups.peers.join import requests
from groups.peers.models import PeerGroup
from tests.cast import PASSWORD, bring_in, fresh_session, make_group

FORMER, NAME, SIGN_IN = "Zephyrine Quill", "Ottoline Marsh", "Quince by lamplight"
ADDRESS, ASKED = "ottoline@mark-address.example", "ottoline@mark-asked.example"
WORDS = (
    "Mark of a message", "Mark of an edit", "Mark of a draft", "Mark of a request", "Mark of help", "Mark of a device", "Mark of a browser",
    "Mark of a passkey",
)  # fmt: skip
ENDPOINT, NUMBER, CODE_NUMBER = "https://push.example/mark-of-a-push", "+12125550147", "+12125550148"


def plant() -> None:
    """Leave the marks in a site with the cast, and print them."""
    people = {name: User.objects.get(email=f"{name}@example.org") for name in ("ada", "faye", "alice", "bob")}
    ada, faye, bob, group = people["ada"], people["faye"], people["bob"], PeerGroup.objects.get()
    invitation, _key = invite(actor=ada, email=ADDRESS)
    member = answer(invitation=invitation, name=FORMER, password=PASSWORD, text=ConsentText.objects.latest())
    member.sign_in_by(SIGN_IN)
    member.save()
    recovery.take_factors_off(actor=ada, member=member, reason="Mark of help")
    bring_in(actor=faye, group=group, member=member)
    _talk(User.objects.get(pk=member.pk), bob, group.channels.get().pk)
    requests.ask(member=member, group=make_group(actor=ada, facilitator=faye, members=(), name="By asking", join_policy="ask"),
                 message="Mark of a request")  # fmt: skip
    peers.make_group(
        actor=ada, name="Mornings", purpose="For a quiet talk.", agreement="Listen.", join_policy="open", history_visibility="all",
        facilitator=member,
    )  # fmt: skip
    codes = _reached(member)
    addresses.request_change(member=member, email=ASKED)
    expansion.run()
    for person in (member, bob):
        downloads.ask(member=person)
    downloads.make_due()
    OutboxEmail.objects.create(to=ADDRESS, subject="Hello", body="Dear reader")
    keys = [fresh_session(member), preferences_of(member).unsubscribe_key, *codes]
    hashes = [User.objects.get(pk=member.pk).password, Download.objects.get(member=member).file.rpartition("/")[2]]
    print(json.dumps([FORMER, NAME, SIGN_IN, ADDRESS, ASKED, *WORDS, ENDPOINT, NUMBER, CODE_NUMBER, *keys, *hashes]))  # noqa: T201


def _talk(member: User, bob: User, channel: Any) -> None:
    def say(person: User, body: str, **more: Any) -> Any:
        return chat.send(member=person, channel=channel, client_id=uuid.uuid4(), body=body, **more)

    said = say(member, "Mark of a message")
    edited = say(member, "As it was")
    chat.edit(member=member, message=edited.pk, body="Mark of an edit")
    named = say(bob, f"@{FORMER}, welcome.", reply_to=said.pk)
    chat.react(member=member, message=named.pk, emoji="hug")
    settings.change_profile(member=member, name=NAME, time_zone="UTC", drawing="kettle")
    asked = say(bob, f"@{NAME}, are you **well**?")
    say(User.objects.get(pk=member.pk), "I am.", reply_to=asked.pk)
    chat.save_draft(member=member, channel=channel, body="Mark of a draft")
    chat.save_draft(member=bob, channel=channel, body=f"@{NAME}, and tomorrow?")


def _reached(member: User) -> list[str]:
    """Have them be reached, and come in, by all there is; return what is kept of their ways back."""
    now = timezone.now()
    Device.objects.create(member=member, session_key="k", words="Mark of a device", seen_at=now)
    sealed = seal([ENDPOINT, "p256dh", "auth"])
    PushSubscription.objects.create(member=member, words="Mark of a browser", endpoint_hash="0" * 64, sealed=sealed, key_id="")
    TextNumber.objects.create(member=member, sealed=seal([NUMBER]), number_hash="0" * 64, agreed_to="Yes.", agreed_at=now)
    TextCode.objects.create(member=member, sealed=seal([CODE_NUMBER, "123456"]), number_hash="1" * 64, agreed_to="Yes.")
    Authenticator.objects.create(user=member, type=Authenticator.Type.WEBAUTHN, data={"name": "Mark of a passkey"})
    ways_back.make(member)
    return list(member.ways_back.values_list("code_hash", flat=True))


def end() -> None:
    """Ask for the account to be closed, go on to the night of that, and have worker and schedule do all that is due."""
    member = User.objects.get(name=NAME)
    peers.appoint(actor=User.objects.get(name="Ada"), group=PeerGroup.objects.get(name="Mornings"), member=member, role="member")
    closing = closing_actions.ask_for_closing(member=member, empties_messages=True)
    end = closing.closes_at.astimezone(dt.UTC)
    with time_machine.travel(end - dt.timedelta(days=1)):
        downloads.ask(member=User.objects.get(name="Bob"))
        downloads.make_due()
    with time_machine.travel(end + dt.timedelta(seconds=1)):
        for _round in range(2):
            for job in JOBS.values():
                job.do()
            for step in LOOPS.values():
                step()
            task_queue.run_waiting()
    assert Download.objects.get().state == "ready", "one of somebody else"
    assert not AccountClosing.objects.exists()


def search(marks: list[str]) -> None:
    """Print where each of `marks` stands in the database, the files and what is sealed or packed in them."""
    there = {place: text.casefold() for place, text in [*_rows(), *_files()]}
    print(json.dumps({mark: [place for place, text in there.items() if mark.casefold() in text] for mark in marks}))  # noqa: T201


def _rows() -> Iterator[tuple[str, str]]:
    """Every row of every table, those of the search index too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for number, row in enumerate(cursor.fetchall()):
                yield f"{table} {number}", " ".join(map(_opened, row))


def _opened(value: Any) -> str:
    """What a value says, also where it is sealed or a session."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode(errors="replace") + bytes(value).hex()
    text = str(value)
    opened = [text.encode().decode("unicode_escape")] if "\\u" in text else []
    for part in {text, *re.findall(r"[\w:=-]{60,}", text)}:
        try:
            opened.append(str(unseal(part)))
        except ValueError:
            opened.append(str(SessionStore().decode(part)) if ":" in part else "")
    return " ".join([text, *opened])


def _files(folder: str = "") -> Iterator[tuple[str, str]]:
    folders, files = default_storage.listdir(folder)
    for name in files:
        path = f"{folder}/{name}" if folder else name
        with default_storage.open(path) as file:
            yield path, f"{path} " + _said(file.read())
    for name in folders:
        yield from _files(f"{folder}/{name}" if folder else name)


def _said(content: bytes) -> str:
    with contextlib.suppress(ValueError):
        content = unseal_file(content)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
