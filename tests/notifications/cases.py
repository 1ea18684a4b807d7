"""For every kind of notification: how one comes about, who hears of it and in which words, and what takes it away again."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.test import Client
from wagtail.models import Revision

from cms.tasks import keep_dates
from community.centre.policies import POLICIES
from community.downloads import actions as downloads
from community.downloads.models import Download
from community.members.invitations import cohorts
from community.members.invitations.actions import invite
from community.members.joining.actions import answer
from community.members.models import ConsentDraft, ConsentText, Device, SignInHelp, User
from community.members.people import recovery
from community.members.people.actions import take_role
from community.members.roles import Role
from community.members.settings.policy_actions import agree, publish_policy
from community.members.signing_in import ways_back
from community.notifications.announcements import actions as announcements
from community.safety import actions as safety
from community.safety.models import Block, Report
from groups.chat import actions as chat
from groups.peers import actions as peers
from groups.peers.join import policy, requests
from groups.peers.models import PeerGroup
from tests.cast import PASSWORD, make_group
from tests.cms.articles import due_now, schedule, write

World = SimpleNamespace  # the cast by their names, `group`, `channel`, and what a case keeps for later
Opens = Callable[[World, Client, str], object]


def by_looking(w: World, client: Client, page: str) -> None:
    assert client.get(page).status_code == 200


def by_sending(path: str) -> Opens:
    return lambda w, client, page: client.post(path.format(about=w.about))


def by_reading_on(w: World, client: Client, page: str) -> None:
    w.channel.refresh_from_db()
    client.post(f"/chat/{w.channel.pk}/read/", {"seq": w.channel.seq})


@dataclass(frozen=True)
class Case:
    """`happens` returns what it is about; after `ends` nobody may be told of it."""

    happens: Callable[[World], object]
    told: str
    words: tuple[str, str]
    ends: Callable[[World], object]
    opens: Opens = by_looking
    may_read: str = ""  # who else could be: whoever did it, and others there


# ------------------------------------------------------------------- how each comes about


def _says(w: World, member: User, body: str, **more: Any) -> Any:
    return chat.send(member=member, channel=w.channel.pk, client_id=uuid.uuid4(), body=body, **more)


def _replies(w: World) -> object:
    return _says(w, w.bob, "I am.", reply_to=_says(w, w.alice, "Is anybody up?").pk).pk


def _new_message(w: World) -> object:
    _says(w, w.alice, "Good morning.")
    return w.channel.pk


def _by_asking(w: World) -> PeerGroup:
    w.asking = make_group(actor=w.ada, facilitator=w.faye, members=(), name="Early birds", join_policy="ask")
    peers.accept(member=w.faye, group=w.asking, agreed_version=1)
    return w.asking


def _is_answered(w: World) -> object:
    requests.ask(member=w.charlie, group=_by_asking(w))
    return requests.answer(actor=w.faye, group=w.asking, member=w.charlie, yes=False).pk


def _is_hidden(w: World) -> object:
    now = PeerGroup.objects.get(pk=w.asking.pk)
    rules = {"join_policy": "hidden", "capacity": None, "history_visibility": now.history_visibility, "etag": now.join_rules_etag}
    return policy.change(actor=w.faye, group=now, **rules)


def _changes_agreement(w: World) -> object:
    return peers.change_agreement(actor=w.faye, group=w.group, agreement="We are kind.").pk


def _newcomer(w: World) -> object:
    cohort = cohorts.make_cohort(actor=w.ada, name="Finished in May", buddy=w.bob)
    invitation, _key = invite(actor=w.ada, email="nora@example.org", cohort=cohort)
    w.nora = answer(invitation=invitation, name="Nora", password=PASSWORD, text=ConsentText.objects.latest())
    return w.nora.pk


def _reports(w: World) -> Report:
    w.report = safety.report(member=w.alice, kind="message", target_id=_says(w, w.bob, "Something unkind.").pk, reason="unkind")
    return w.report


def _is_decided(w: World) -> object:
    return safety.decide(actor=w.mo, report=_reports(w), decision="hidden", why="A reason.", kind_note="A note.").pk


def _is_helped(w: World) -> object:
    recovery.take_factors_off(actor=w.ada, member=w.alice, reason="We talked.")
    return SignInHelp.objects.get(member=w.alice).pk


def sign_in(member: User, client: Client | None = None) -> Client:
    client = client or Client(headers={"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"})
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    client.get("/today/")
    return client


def _comes_back(w: World) -> object:
    codes = ways_back.make(w.alice)
    Client().post("/accounts/way-back/", {"login": w.alice.email, "code": codes[0]})
    return w.alice.ways_back.exclude(used_at=None).get().pk


def _signs_in_elsewhere(w: World) -> object:
    sign_in(w.alice)
    known = set(Device.objects.values_list("pk", flat=True))
    sign_in(w.alice)
    return Device.objects.exclude(pk__in=known).get().pk


def publish_text(admin: User, body: str = "New words.") -> int:
    ConsentDraft.objects.update_or_create(defaults={"body": body})
    publish_policy(actor=admin, policy=POLICIES["consent"], fingerprint=ConsentDraft.objects.get().fingerprint)
    return ConsentText.objects.latest().version


def _all_agree(w: World) -> None:
    for person in User.objects.all():
        agree(member=person, version=ConsentText.objects.latest().version)


def _article(w: World) -> object:
    w.article = write("Evenings", "groups", groups=(w.group,))
    return w.article.pk


def _misses(w: World) -> object:
    w.article = schedule("Coming", "groups", groups=(w.group,))
    version = Revision.objects.get(object_id=str(w.article.pk))
    version.user, version.content["summary"] = w.pat, ""  # without one it can't be published
    version.save()
    due_now(w.article)
    keep_dates()
    return w.article.pk


def _announces(w: World) -> object:
    w.announcement = announcements.announce(
        actor=w.ada, identity=uuid.uuid4(), title="Closed on Friday", body="We open again on Monday.", audience="everybody"
    )
    return w.announcement.pk


def _asks_for_things(w: World) -> object:
    downloads.ask(member=w.alice)
    downloads.make_due()
    return Download.objects.get(member=w.alice).pk


# ---------------------------------------------------------------------- what takes it away


def _out(*names: str) -> Callable[[World], None]:
    def remove(w: World) -> None:
        for name in names:
            peers.remove(actor=w.ada, group=w.group, member=getattr(w, name))

    return remove


def _no_role(name: str, role: Role) -> Callable[[World], object]:
    return lambda w: take_role(actor=w.ada, member=getattr(w, name), role=role)


def _is_taken_back(w: World) -> object:
    return safety.take_back(actor=w.mo, report=Report.objects.get(pk=w.report.pk))


def _withdraws(w: World) -> None:
    announcements.withdraw(actor=w.ada, announcement=w.announcement)


EVERYBODY = "Alice Bob Charlie Cora Faye Mo Pat Rena"
CASES = {
    "announcement": Case(_announces, EVERYBODY, ("Closed on Friday", "From the staff"), _withdraws, may_read="Ada"),
    "mention": Case(
        lambda w: _says(w, w.alice, "Are you there, @Bob?").pk,
        "Bob", ("Alice mentioned you", "Tuesday evening"), _out("bob"), by_reading_on,
    ),
    "reply": Case(_replies, "Alice", ("Bob replied to you", "Tuesday evening"), _out("alice"), by_reading_on),
    "messages": Case(
        _new_message, "Bob Faye", ("Tuesday evening", "1 new message"), _out("bob", "faye"), by_reading_on,
    ),
    "offer": Case(
        lambda w: requests.invite(actor=w.faye, group=w.group, member=w.charlie).pk,
        "Charlie", ("Tuesday evening", "You're invited to this group."),
        lambda w: requests.withdraw(actor=w.faye, group=w.group, member=w.charlie),
    ),
    "decision": Case(_is_answered, "Charlie", ("Early birds", "Your request has an answer."), _is_hidden),
    "asked": Case(
        lambda w: requests.ask(member=w.charlie, group=_by_asking(w)).pk,
        "Faye", ("Early birds", "Somebody is asking to join."),
        lambda w: requests.take_back(member=w.charlie, group=w.asking),
    ),
    "agreement": Case(
        _changes_agreement, "Alice Bob", ("Tuesday evening", "The agreement has changed. Read it when you can."), _out("alice", "bob"),
    ),
    "newcomer": Case(
        _newcomer, "Bob", ("Nora has joined", "You were asked to say hello"),
        lambda w: Block.objects.create(blocker=w.bob, blocked=w.nora),
    ),
    "report": Case(lambda w: _reports(w).pk, "Mo", ("Reports", "A report waits"), _no_role("mo", Role.MODERATOR)),
    "report_answer": Case(_is_decided, "Alice", ("What you reported", "It has been looked at"), _is_taken_back),
    "moderator_note": Case(
        _is_decided, "Bob", ("From the moderators", "A moderator wrote you a note"), _is_taken_back,
        by_sending("/safety/notes/{about}/read/"),
    ),
    "sign_in_help": Case(
        _is_helped, "Alice", ("How you sign in was changed", "Staff did it. See what, when and why"),
        lambda w: w.alice.sign_in_helps.all().delete(), by_sending("/me/helped/"),
    ),
    "sign_in": Case(
        _signs_in_elsewhere, "Alice", ("A new sign-in", "Firefox on Android. If that wasn't you, change your password."),
        lambda w: w.alice.notifications.all().delete(),  # told also when that session has ended
    ),
    "way_back": Case(
        _comes_back, "Alice",
        ("A way back was used", "It lets somebody choose a new password. If that wasn't you, choose another one, and make new ways back."),
        lambda w: w.alice.notifications.all().delete(),  # told also when there are new ones
    ),
    "download": Case(
        _asks_for_things, "Alice", ("Your things are ready to download", "It is here for seven days."), lambda w: downloads.forget(w.alice),
    ),
    "consent": Case(
        lambda w: publish_text(w.ada), EVERYBODY, ("What you agreed to has a new version", "Please read it when you can."), _all_agree,
        lambda w, client, page: client.post(page, {"version": w.about, "agreed": "on"}), may_read="Ada",
    ),
    "article": Case(_article, "Alice Bob Faye", ("Evenings", "New in the library"), lambda w: w.article.unpublish()),
    "review": Case(
        lambda w: write("Mornings", "public").pk, "Rena", ("Mornings", "It's waiting for a review"), _no_role("rena", Role.REVIEWER),
    ),
    "missed_publication": Case(
        _misses, "Pat", ("Coming", "It was due, and could not be published. Try publishing it yourself to see why."),
        _no_role("pat", Role.PUBLISHER),
    ),
}  # fmt: skip
