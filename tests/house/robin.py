"""Somebody of whom something is kept in every column that can hold it, and how the tests find where that is.

Robin was invited with a cohort, belongs to groups, holds every role, and has done what one can do with each.
"""

import contextlib
import datetime as dt
import json
import uuid
from collections import defaultdict
from typing import Any

from django.apps import apps
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.users.models import UserProfile

from cms import actions as library
from cms.admin.tree import ensure_tree
from cms.models import ArticlePage
from cms.readers import actions as readers
from community.backups import tables
from community.downloads import actions as downloads
from community.kit.encryption import unseal
from community.kit.ids import new_id
from community.kit.mail import OutboxBackend
from community.kit.web import disclosures
from community.members.invitations import cards, cohorts
from community.members.invitations.actions import invite
from community.members.invitations.do_not_write import hash_of_address, link_to_stop
from community.members.joining.actions import answer
from community.members.models import Cohort, ConsentText, Invitation, User
from community.members.people import recovery
from community.members.people.actions import give_role
from community.members.people.closing_models import AccountClosing
from community.members.people.disclosure_limits import count_list
from community.members.roles import Role
from community.members.settings import actions as settings
from community.members.signing_in import addresses, ways_back
from community.members.signing_in.allauth_internals import TOTP
from community.members.signing_in.sessions import SessionStore
from community.notifications import actions as notifications
from community.notifications import expansion
from community.notifications.models import Announcement, PushSubscription, TextCode, TextNumber
from community.safety import actions as safety
from community.safety.models import Report
from groups.chat import actions as chat
from groups.chat.models import Message
from groups.peers import actions as peers
from groups.peers.join import requests
from tests.cast import PASSWORD, bring_in, make_cast, make_group, prove, secret_of
from tests.cms.articles import photograph
from tests.cms.editor_forms import ADD, form
from tests.settings import QUEUED

ADDRESS, WANTED = "robin@example.org", "robin.new@example.org"
SIGN_IN, SIGN_IN_KEY = "Kettle by night", "kettlebynlght"
Traces = dict[str, set[Any]]


def make_robin() -> None:
    """Make the cast and Robin, and have them do all of it."""
    people, group = make_cast()
    alice, bob, charlie, faye, ada = (people[name] for name in ("alice", "bob", "charlie", "faye", "ada"))
    cohort = cohorts.make_cohort(actor=ada, name="Finished in May", buddy=alice)
    invitation, _key = invite(actor=ada, email=ADDRESS, cohort=cohort)
    OutboxBackend().send_messages([mail.outbox[-1]])
    with override_settings(TASKS=QUEUED):  # from here on, what is queued waits
        _live(invitation, cohort, group, ada, alice, bob, charlie, faye)


def _live(invitation: Invitation, cohort: Cohort, group: Any, ada: User, alice: User, bob: User, charlie: User, faye: User) -> None:
    robin = answer(invitation=invitation, name="Rowan", password=PASSWORD, text=ConsentText.objects.latest())
    settings.change_profile(member=robin, name="Robin", time_zone="UTC", drawing="")
    robin.sign_in_by(SIGN_IN)
    robin.save()
    expansion.run()  # Alice hears that Robin has joined
    User.objects.filter(pk=charlie.pk).update(mailbox_owner=robin)
    for role in Role:
        give_role(actor=ada, member=robin, role=role)
    cohorts.change_cohort(actor=ada, cohort=cohort, name=cohort.name, buddy=robin)
    recovery.take_factors_off(actor=ada, member=robin, reason="We talked.")
    TOTP.activate(robin, secret_of("robin"))
    ways_back.make(robin)
    robin = User.objects.get(pk=robin.pk)  # as their next request finds them, with the roles
    _among_people(robin, ada, alice, bob, charlie, faye, group)
    _notified(robin)
    _on_the_staff(robin, alice)
    addresses.request_change(member=robin, email=WANTED)
    downloads.ask(member=robin)
    AccountClosing.objects.create(member=robin, asked_at=timezone.now(), closes_at=timezone.now() + dt.timedelta(days=7))
    Client().post("/accounts/password/reset/", {"email": ADDRESS})
    Client().post(link_to_stop(ADDRESS))


def _among_people(robin: User, ada: User, alice: User, bob: User, charlie: User, faye: User, group: Any) -> None:
    """What a member does, and a moderator with it."""
    bring_in(actor=faye, group=group, member=robin)
    requests.ask(member=robin, group=make_group(actor=ada, facilitator=faye, members=(), name="By asking", join_policy="ask"))
    own = make_group(actor=robin, facilitator=robin, members=(alice, charlie), name="Mornings")
    peers.remove(actor=robin, group=own, member=charlie)
    channel = group.channels.get().pk

    def say(member: User, body: str) -> Message:
        return chat.send(member=member, channel=channel, client_id=uuid.uuid4(), body=body)

    mine, named, last = say(robin, "I was here."), say(alice, "@Robin, so was I."), say(bob, "And I.")
    chat.react(member=robin, message=named.pk, emoji="hug")
    chat.save_draft(member=robin, channel=channel, body="Not yet.")
    safety.report(member=robin, kind="message", target_id=named.pk, reason="other")
    safety.report(member=alice, kind="message", target_id=mine.pk, reason="other")
    safety.report(member=alice, kind="person", target_id=robin.pk, reason="other")
    about_bob = safety.report(member=faye, kind="message", target_id=last.pk, reason="other")
    safety.decide(actor=robin, report=about_bob, decision=Report.Decision.NONE, why="All is well.")
    safety.block(member=robin, other=alice)
    safety.block(member=bob, other=robin)


def _on_the_staff(robin: User, alice: User) -> None:
    """What one does who invites, helps, writes and reviews."""
    invite(actor=robin, email="wren@example.org")
    cards.make_sheet(actor=robin, cohort=Cohort.objects.get(), count=1, identity=new_id())
    addresses.request_change(member=alice, email="alice.new@example.org", actor=robin, reason="We talked.")
    count_list(robin)
    client = Client()
    assert client.login(email=ADDRESS, password=PASSWORD)
    prove(client, robin)
    assert client.get("/me/").status_code == 200
    assert client.post(ADD.format(ensure_tree().pk), form(title="Evenings") | {"action-publish": "1"}).status_code == 302
    article = ArticlePage.objects.get(title="Evenings")
    assert client.get(f"/cms/pages/{article.pk}/edit/").status_code == 200
    assert client.post(f"/cms/pages/{article.pk}/edit/preview/", form(title="Evenings, later")).json()["is_valid"]
    for door, title in (("images", "A chair"), ("images", "x" * 300)):
        file = SimpleUploadedFile("chair.jpg", photograph())
        client.post(f"/cms/{door}/multiple/add/", {"title": title, "files[]": file}, headers={"X-Requested-With": "XMLHttpRequest"})
    client.post("/cms/documents/add/", {"title": "A plan", "file": SimpleUploadedFile("plan.txt", b"A plan")})
    assert client.post(f"/cms/pages/{article.pk}/edit/", form(title="Evenings") | {"action-submit": "1"}).status_code == 302
    library.review(actor=robin, article=article, fingerprint=article.edition, name="Robin Reed", credential="LCSW")
    UserProfile.get_for_user(robin)
    readers.rate(member=robin, article=article, helped=True, words="It was short.")
    readers.save(member=robin, article=article)


def _notified(robin: User) -> None:
    """How somebody is told of what others do, and others of them."""
    expansion.run()
    PushSubscription.objects.create(member=robin, words="Firefox on Android", endpoint_hash="0" * 64, sealed="", key_id="")
    TextNumber.objects.create(member=robin, sealed="", number_hash="0" * 64, agreed_to="Yes.", agreed_at=timezone.now())
    TextCode.objects.create(member=robin, sealed="", number_hash="0" * 64, agreed_to="Yes.")
    Announcement.objects.create(title="The room is open", body="From May on.", audience="everybody", made_by=robin)
    notifications.notify("newcomer", robin.pk)  # which no worker has seen yet, like all that Robin does from here on


def traces_of(robin: User, *addresses: str) -> Traces:
    """Where in the database Robin's id stands, or one of their `addresses`: the keys of the rows, by column. What is sealed is opened."""
    asked = [disclosures._key(f"{kind} {robin.pk}") for kind in ("person", "lists")]
    marks = (str(robin.pk), *addresses, *asked, *map(hash_of_address, addresses))
    found: Traces = defaultdict(set)
    for model in tables.of(apps, without=tables.DERIVED):
        names = [field.name for field in model._meta.local_concrete_fields]
        key = names.index(model._meta.pk.name)
        for lines in tables.read(tables.table(model), "default"):
            for row in map(json.loads, lines.splitlines()):
                for name, value in zip(names, row, strict=True):
                    column = f"{model._meta.label}.{name}"
                    if any(mark in opened(column, value) for mark in marks):
                        found[column].add(row[key])
    return dict(found)


def opened(column: str, value: Any) -> str:
    """What a column says in plain text."""
    if column == "sessions.Session.session_data":
        return str(SessionStore().decode(value))
    if column == "members.User.email":
        return "" if str(value).endswith("@closed.invalid") else str(value)
    if column in ("kit.QueuedEmail.sealed", "django_tasks_database.DBTaskResult.args_kwargs"):
        return " ".join(_unsealed(part) for part in ([value] if isinstance(value, str) else value["args"]))
    return str(value)


def _unsealed(part: str | int) -> str:
    """What a task was given in plain text: a number is never sealed."""
    if isinstance(part, str):
        with contextlib.suppress(ValueError):
            return str(unseal(part))
    return str(part)
