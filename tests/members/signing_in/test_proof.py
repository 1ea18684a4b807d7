"""What decides over others asks who is there, unless that was proven in the last five minutes; what was typed waits meanwhile."""

import html
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from community.centre.models import Centre
from community.kit.models import AuditEntry
from community.members.models import Cohort, ConsentDraft, ConsentText, Invitation, User
from community.members.roles import PROVEN, Right
from community.safety.actions import report
from groups.chat.actions import send
from tests.cast import PASSWORD

AGAIN = "/accounts/again/"
WHY = "She rang from the number that we have."
GROUP = {
    "name": "First weeks",
    "purpose": "For the first weeks.",
    "agreement": "Be kind.",
    "join_policy": "open",
    "history_visibility": "all",
}
# Each form of a right that decides over others, and those that give a role by another right: what it is sent with.
FORMS: dict[str, dict[str, str]] = {
    "members:give": {},
    "members:take": {},
    "members:suspend": {},
    "members:let_back": {},
    "members:close": {},
    "members:help_in": {"what": "factors", "reason": WHY},
    "members:policy": {"fingerprint": "x"},
    "peers:appoint": {"role": "facilitator"},
    "peers:new": GROUP,
    "suggestions:make": GROUP,
    "members:invite": {"email": "nina@example.org", "role": "admin"},
}
# What whoever comes back to it reads: to whom it would be done, and what.
SAID = {
    "members:give": "Give Alice this role: Admin",
    "members:take": "Take this role away from Alice: Admin",
    "members:suspend": "Pause Alice's account",
    "members:let_back": "Let Alice back in",
    "members:close": "Close Alice's account for good, at once",
    "members:help_in": "Take Alice's second step off",
    "members:policy": "Publish the next version: What newcomers agree to",
    "peers:appoint": "Make Alice a facilitator of Tuesday evening",
    "peers:new": "Make the group First weeks, with Alice as its facilitator",
    "suggestions:make": "Make the group First weeks, with Alice as its facilitator",
    "members:invite": "Invite nina@example.org as staff: Admin",
}


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin(ada, client_of, clock):
    """A client of an admin who signed in 301 seconds ago."""
    client = client_of(ada)
    clock.shift(301)
    return client


def at(name, alice, group):
    values = {"members:give": {"role": "admin"}, "members:take": {"role": "admin"}, "members:policy": {"kind": "consent"}}.get(name, {})
    if name == "suggestions:make":
        values = {"cohort": Cohort.objects.get_or_create(name="Finished in May")[0].pk}
    elif name not in ("members:policy", "members:invite", "peers:new"):
        values |= {"member": alice.pk}
    return reverse(name, kwargs=values | ({"group": group.pk} if name == "peers:appoint" else {}))


def form_of(name, alice):
    return FORMS[name] | ({"facilitator": str(alice.pk)} if FORMS[name] is GROUP else {})


def prove(client, answer, **proof):
    """Follow an answer to where the proof is given, and give it; return the answer to that."""
    way = answer["Location"]
    assert answer.status_code == 302 and way.startswith(AGAIN), (answer.status_code, way)
    back = parse_qs(urlsplit(way).query, keep_blank_values=True)["next"][0]
    return client.post(way, (proof or {"password": PASSWORD}) | {"next": back})


def fields_of(page):
    """What the form of a page would send."""
    words = page.content.decode()
    form = re.search(r'<form class="card stack".*?</form>', words, re.S)[0]
    hidden = re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', form)
    written = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S)
    return re.search(r'action="([^"]*)"', form)[1], dict(hidden + written)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_from_an_open_browser_does_nothing_to_others(name, admin, alice, group):
    """Whoever finds an admin's browser open could take over the site: by a page, or by a raw request."""
    before = list(AuditEntry.objects.values_list("pk", flat=True))
    answer = admin.post(at(name, alice, group), form_of(name, alice))
    assert answer.status_code == 302 and answer["Location"].startswith(AGAIN)
    assert list(AuditEntry.objects.values_list("pk", flat=True)) == before and not Invitation.objects.exists()


PAGES = ["members:person", "members:pause", "members:close", "members:help_in", "members:policy", "peers:new", "suggestions:make"]


@pytest.mark.parametrize("name", PAGES)
def test_its_page_asks_before_anything_is_typed(name, admin, alice, group):
    answer = prove(admin, admin.get(at(name, alice, group)))
    assert admin.get(answer["Location"]).status_code == 200


def test_every_right_that_decides_over_others_is_on_the_list():
    """A right that comes later, and that nobody has thought about."""
    assert set(Right) - PROVEN == {
        Right.INVITE, Right.MAKE_GROUPS, Right.WRITE, Right.EVERY_AUDIENCE, Right.ANNOUNCE, Right.REVIEW, Right.MODERATE,
        Right.MODERATE_MODERATORS, Right.WRITE_AGAIN,
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_what_was_sent_comes_back_and_is_done_once_it_is_sent_again(name, admin, alice, group):
    """Text that is lost on the way to a password, and a button that has to be looked for again."""
    here = at(name, alice, group)
    back = prove(admin, admin.post(here, form_of(name, alice)))["Location"]
    again, fields = fields_of(admin.get(back))
    assert (again, fields) == (here, form_of(name, alice))
    assert not admin.post(again, fields)["Location"].startswith(AGAIN)
    if name == "members:invite":
        assert Invitation.objects.get().role == "admin"
    if name == "members:help_in":
        assert AuditEntry.objects.filter(verb="members.take_factors_off", target=alice.pk).exists()


@pytest.mark.parametrize("name", FORMS)
def test_the_page_it_comes_back_on_says_what_would_be_done_and_to_whom(name, admin, alice, group):
    """ "Your choice was kept" under a button, for an act that nobody can take back, and not a word on whose account it was."""
    page = admin.get(prove(admin, admin.post(at(name, alice, group), form_of(name, alice)))["Location"]).content.decode()
    assert f'<p class="lead">{html.escape(SAID[name])}</p>' in page


def test_what_waits_is_sealed_and_no_password_waits(admin, alice):
    """A copy of the database would hold the address that somebody moves to."""
    admin.post(
        f"/staff/people/{alice.pk}/help-in/", {"what": "address", "email": "new@example.org", "reason": "By phone", "password": "secret"}
    )
    session = admin.session.load()
    assert "new@example.org" not in str(session) and "secret" not in str(session)
    back = prove(admin, admin.get(f"/staff/people/{alice.pk}/help-in/?held"))["Location"]
    page = admin.get(back).content.decode()
    assert "new@example.org" in page and "secret" not in page and "A password is never filled in for you" in page


def test_a_form_that_waits_is_shown_at_its_own_address_alone(admin, alice, bob):
    """A choice about one person that turns up on the page of another."""
    prove(admin, admin.post(f"/staff/people/{alice.pk}/close/"))
    assert "Send it again" not in admin.get(f"/staff/people/{bob.pk}/close/?held").content.decode()
    assert "Send it again" not in admin.get(f"/staff/people/{alice.pk}/close/").content.decode()
    assert User.objects.get(pk=alice.pk).is_active


def test_a_wrong_password_leads_no_further(admin, alice):
    way = admin.post(f"/staff/people/{alice.pk}/close/")["Location"]
    assert "That is not your password" in admin.post(way, {"password": "nonsense"}).content.decode()
    assert admin.post(f"/staff/people/{alice.pk}/close/")["Location"].startswith(AGAIN)
    assert User.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("model", [Centre, ConsentDraft])
def test_so_does_wagtails_page_of_a_setting(model, admin, alice):
    """The editor saves the same things by a view that is not ours."""
    row = model.load()
    page = f"/cms/settings/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/"
    field, words = ("name", "Another name for it") if model is Centre else ("body", "Be kind, twice.\n\nAnd again.")
    answer = admin.post(page, {field: words})
    assert getattr(model.objects.first(), field) != words
    waiting = admin.get(prove(admin, answer)["Location"])
    again, fields = fields_of(waiting)
    assert f'<p class="lead">Save: {model._meta.verbose_name}' in waiting.content.decode()
    assert again == page and fields[field].splitlines() == words.splitlines()
    if model is ConsentDraft:
        admin.post(again, {field: words})
        assert ConsentDraft.load().body.splitlines() == words.splitlines()
    assert admin.get(page).status_code == 200 and not ConsentText.objects.filter(body=words).exists()


def test_inviting_a_member_and_a_moderators_decision_ask_for_nothing_more(admin, mo, client_of, clock, channel, alice, faye):
    """A desk that wants a password with each report is left for later."""
    assert admin.post("/staff/people/invite/", {"email": "nina@example.org", "role": "alumnus"})["Location"] == "/staff/people/"
    message = send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Words")
    made = report(member=faye, kind="message", target_id=message.id, reason="other")
    moderator = client_of(mo)
    clock.shift(301)
    assert (
        moderator.post(f"/staff/reports/{made.pk}/", {"decision": "none", "why": "Kind words.", "kind_note": "-"})["Location"]
        == "/staff/reports/"
    )
