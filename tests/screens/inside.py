"""Run inside a site's own process: who can be looked over the shoulder, and where things are. Prints one JSON object.

A full site is the demo. An empty one has a centre, a member and somebody with every staff role, and nothing else.
"""

import datetime as dt
import io
import json
import time
import zipfile
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Count, Q
from django.utils import timezone

from cms.models import ArticlePage
from community.centre.models import Centre
from community.demo import data
from community.downloads import actions as downloads
from community.downloads.models import Download
from community.kit.encryption import seal
from community.kit.ids import new_id
from community.members.invitations import cards, cohorts
from community.members.invitations.actions import invite, revoke
from community.members.models import CardSheet, Cohort, Consent, ConsentText, Invitation, User
from community.members.people.actions import suspend
from community.members.people.closing_models import AccountClosing
from community.members.roles import Role
from community.members.signing_in.allauth_internals import TOTP, generate_totp_secret
from community.members.signing_in.link_keys import hash_of, new_key
from community.notifications.models import Announcement, TextCode, TextNumber
from community.notifications.texting.forms import sentence
from community.safety import actions as safety
from community.safety.models import Report
from groups.chat.models import Channel, Message
from groups.peers import actions as peers
from groups.peers.models import JoinRequest, Membership, PeerGroup
from tests.cast import fresh_session


def full() -> None:
    """Tell of the demo: a session for each sign-in and for those whose accounts the scenes end, and the ids that paths need."""
    people = {entry["sign_in"].lower(): User.objects.get(name=entry["name"]) for entry in data.people().values() if "sign_in" in entry}
    people["without"] = people.pop("no e-mail")
    members = User.objects.filter(groups=None, password__startswith="!").order_by("-joined_at")
    people |= dict(zip(("paused", "newcomer", "undecided", "going"), members[:4], strict=True))
    inside = Membership.objects.current().filter(Q(group__join_policy="ask") | Q(group__capacity__isnull=False)).values("member")
    people["outsider"] = members.exclude(pk__in=inside).exclude(pk__in=[each.pk for each in people.values()])[0]
    Consent.objects.filter(member=people["undecided"]).delete()
    _give_numbers(people["moderator"], people["reviewer"], people["coordinator"])
    _tell(people, _things(people))
    _copies(people)
    suspend(actor=people["admin"], member=people["paused"])
    now = timezone.now()  # as if asked a week ago and then signed in again: asking would end the session of the scene
    AccountClosing.objects.create(member=people["going"], asked_at=now, closes_at=now + dt.timedelta(days=7))
    User.objects.filter(pk=people["going"].pk).update(suspended_at=now)


def _copies(people: dict[str, User]) -> None:
    """Copies of somebody's things, as far as they can be: ready, gone, given up, and one that no worker takes up meanwhile."""
    downloads.ask(member=people["facilitator"])
    downloads.make_due()
    for who, state in (("admin", "asked"), ("moderator", "gone"), ("reviewer", "failed")):
        Download.objects.create(member=people[who], state=state, due=timezone.now() + dt.timedelta(days=1))


def copy() -> None:
    """Tell the pages of a copy of the facilitator's things, by the names of their files."""
    archive = zipfile.ZipFile(io.BytesIO(downloads.fetch(member=Download.objects.get(state="ready").member)))
    print(json.dumps({name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")}))


def _give_numbers(proven: User, asked: User, silent: User) -> None:
    """Give two a phone number, one of them without notifications, and one a code that doesn't run out before its picture is taken."""
    now, number = timezone.now(), "+12125550123"
    TextNumber.objects.create(member=proven, sealed=seal([number]), number_hash="0", agreed_to=sentence(), agreed_at=now)
    TextNumber.objects.create(member=silent, sealed=seal(["+12125550189"]), number_hash="2")
    later = now + dt.timedelta(hours=2)
    TextCode.objects.create(member=asked, sealed=seal([number, "123456"]), number_hash="1", agreed_to=sentence(), made_at=later, due=None)


def empty() -> None:
    """Set up a centre, a member and staff, and tell of them."""
    Centre.objects.create(name="Harbour House", country="US", no_line=True)
    people = {"member": _make("Robin", "robin@example.org"), "staff": _make("Ada", "ada@example.org")}
    people["staff"].groups.set(Group.objects.filter(name__in=Role.values))
    TOTP.activate(people["staff"], generate_totp_secret())
    _tell(people, {})


def empty_group() -> None:
    """Bring the member of the empty site into a group in which nobody has said anything."""
    member, staff = User.objects.get(email="robin@example.org"), User.objects.get(email="ada@example.org")
    group = peers.make_group(
        actor=staff, name="Tuesday evening", purpose="For a quiet talk in the week.", agreement="What is said here stays here.",
        join_policy="open", history_visibility="all", facilitator=staff,
    )  # fmt: skip
    peers.join(member=member, group=group, agreed_version=group.agreement_version)
    _tell({}, {"channel": group.channels.get().pk, "group": group.pk})


def _make(name: str, email: str) -> User:
    person = User.objects.create_user(name=name, email=email, password="a cup on the table", drawing="cup", time_zone="America/Chicago")
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    Consent.objects.create(member=person, text=ConsentText.objects.latest("version"))
    return person


def _things(people: dict[str, User]) -> dict[str, Any]:
    """The ids by what a scene wants of them, whatever the demo's groups are called."""
    member, admin, facilitator = people["alumnus"], people["admin"], people["facilitator"]
    own = PeerGroup.objects.filter(memberships__in=Membership.objects.current().filter(member=member))
    channels = Channel.objects.filter(group__in=own).annotate(n=Count("messages")).order_by("-n")
    talk = Message.objects.filter(channel=channels[0], kind="text", deleted_at=None, hidden=False).order_by("-seq")
    others = PeerGroup.objects.exclude(pk__in=own)
    led = PeerGroup.objects.filter(memberships__in=Membership.objects.current().filter(member=facilitator, role="facilitator"))
    asked = JoinRequest.objects.asked().first()
    _, key = invite(actor=admin, email="somebody@demo.example")
    over, over_key = invite(actor=admin, email="somebody.else@demo.example")
    revoke(actor=admin, invitation=over)
    card = new_key()
    Invitation.objects.create(sheet=CardSheet.objects.create(made_by=admin), invited_by=admin, key_hash=hash_of(card))
    heard = talk.exclude(author=member)[1]
    looked_at = safety.report(member=member, kind="message", target_id=heard.pk, reason="private", note="It names my street.")
    safety.decide(actor=people["moderator"], report=looked_at, decision="none", why="Both have spoken since.")
    about = safety.report(
        member=member, kind="person", target_id=heard.author_id, reason="unkind", note="They keep asking me for my number."
    )
    cohort, sheet = Cohort.objects.get(), new_id()
    cards.make_sheet(actor=admin, cohort=cohort, count=5, identity=sheet)
    cohort.invitations.filter(sheet=sheet, card_number=2).update(answered_at=timezone.now())
    cohort.invitations.filter(sheet=sheet, card_number=4).update(revoked_at=timezone.now())
    new = cohorts.make_cohort(actor=admin, name="Finished in November", buddy=None)
    return {
        "channel": channels[0].pk, "channel2": channels[1].pk, "group": channels[0].about,
        "own_message": talk.filter(author=member)[0].pk, "message": talk.exclude(author=member)[0].pk,
        "other": talk.exclude(author=member)[0].author_id, "other_name": str(talk.exclude(author=member)[0].author),
        "open": _first(others.filter(join_policy="open")), "ask": _first(others.filter(join_policy="ask")),
        "full": _first(PeerGroup.objects.exclude(capacity=None)),
        "led": led[0].pk, "led_member": led[0].memberships.filter(role="member", ended_at=None)[0].member_id,
        "asked_group": asked.group_id if asked else None, "asked": asked.member_id if asked else None,
        "left": channels[1].about, "person": people["moderator"].pk,
        "key": key, "over": over_key, "card": card, "sheet": sheet, "without": people["without"].pk,
        "cohort": Cohort.objects.exclude(pk=new.pk)[0].pk, "new_cohort": new.pk,
        "invitation": Invitation.objects.open()[0].pk,
        "article": _first(ArticlePage.objects.live().filter(audience="public"), "slug"),
        "members_article": _first(ArticlePage.objects.live().exclude(audience="public"), "slug"),
        "article_id": _first(ArticlePage.objects.live()),
        "report": _first(Report.objects.filter(state="open", kind="message")), "about_person": about.pk,
        "decided": _first(Report.objects.filter(state="closed")), "announcement": _first(Announcement.objects),
    }  # fmt: skip


def _first(rows: Any, field: str = "pk") -> Any:
    return rows.values_list(field, flat=True).first()


def _tell(people: dict[str, User], things: dict[str, Any]) -> None:
    later = time.time() + 3600  # counts as just used for as long as the pictures take
    sessions = {key: fresh_session(person, at=later) for key, person in people.items()}
    print(json.dumps({"sessions": sessions, "things": things, "cookie": settings.SESSION_COOKIE_NAME}, default=str))
