"""Membership itself is a secret: nothing that leaves the site, or shows outside a page, gives it away, in a world full of telling names.

The second half plants a give-away of each kind and sees that it is found.
"""

import smtplib
import socket
import urllib.request
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail as django_mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.template import Template, loader
from django.test import Client
from django.urls import reverse

from cms.admin import gate
from cms.models import ArticlePage, LibraryDocument
from community.centre.models import Centre
from community.kit import mail
from community.kit.models import QueuedEmail
from community.kit.text import giveaways
from community.members.models import User
from tests.cast import make_group, make_person
from tests.cms.articles import write
from tests.cms.editor_forms import addresses, filled
from tests.fence import LeftTheSiteError
from tests.house import outgoing
from tests.house.asking import anything
from tests.house.doors import DOORS, routes
from tests.house.outgoing import Reader, example, ways_out
from tests.house.tree import ROOMS, ours

ROUTES = {route.name: route for route in routes() if route.name in DOORS and not route.name.startswith("^")}
CENTRE = "Quiet House"
NAMES = frozenset({"Sam", "Cocaine recovery", "Faye", "quiet corner", "garden-of-sam", "plan-for-sam"})
READER = Reader(NAMES, CENTRE)


@pytest.fixture
def alice(db):
    person = make_person("alice")
    person.name = "Sober Sam"
    person.save()
    return User.objects.get(pk=person.pk)


@pytest.fixture
def hidden_group(ada, faye, alice):
    return make_group(actor=ada, facilitator=faye, members=(alice,), name="Cocaine recovery", join_policy="hidden", purpose="Staying sober")


@pytest.fixture
def world(hidden_group, hidden_things) -> dict[str, dict[str, Any]]:
    """Things by what a route's id names, all of them with telling names."""
    Centre(name=CENTRE, country="US", no_line=True).save()
    ArticlePage.objects.update(title="Thirty days after cocaine", summary="How Sam did it")
    ArticlePage.objects.filter(slug=hidden_things["article"]["slug"]).update(draft_title="Sober with Sam")
    LibraryDocument.objects.update(title="Relapse plan")
    write("How treatment goes on", "public")
    return hidden_things


@pytest.fixture
def people(world, client, client_of, alice, faye, pat, mo, ada) -> dict[str, Client]:
    return {
        "guest": client,
        **{name: client_of(who) for name, who in (("alice", alice), ("faye", faye), ("pat", pat), ("mo", mo), ("ada", ada))},
    }


def all_addresses(world: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Every route with an address of something that is there."""
    found = []
    for name, route in ROUTES.items():
        if name == "wagtail_serve":
            continue
        values = world[DOORS[name].hidden] if DOORS[name].hidden else anything(route)
        found.append((name, reverse(name, kwargs=values)))
    return found


def no_log(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [record.getMessage() for record in caplog.records]
    return [f"log: {word} in {line!r}" for line in lines for word in READER.told(line)]


# ---------------------------------------------------------------- the site as it is

each_person = pytest.mark.parametrize("who", ["guest", "alice", "faye", "pat", "mo", "ada"])


@each_person
def test_no_page_gives_itself_away_from_outside(world, people, caplog, who):
    """A tab, a history, a proxy's log, a folder of downloads or a cookie that names a group, a person, or what this place is for."""
    faults, pages = [], 0
    for name, address in all_addresses(world):
        answer = people[who].get(address)
        pages += answer.status_code == 200
        faults += [f"{name}: {fault}" for fault in READER.faults(answer, address, name)]
    assert not faults + no_log(caplog)
    assert pages > 20, "the pages themselves must be among the answers"


@each_person
def test_no_form_gives_itself_away_from_outside(world, people, caplog, who):
    """A note on its way to the next page, the address to which a form leads, or an e-mail that a form sends."""
    faults, notes = [], 0
    form = {
        "name": "Sober Samuel",
        "body": "Sam is sober",
        "reason": "other",
        "email": "sam@example.org",
        "time_zone": "UTC",
        "role": "alumnus",
    }
    for name, address in all_addresses(world):
        keep = transaction.savepoint()
        cache.clear()  # the limits of tries
        answer = people[who].post(address, form)
        notes += "messages" in answer.cookies
        faults += [f"{name}: {fault}" for fault in READER.faults(answer, address, name)]
        faults += [f"{name}: {fault}" for email in django_mail.outbox for fault in READER.faults_of_email(email)]
        django_mail.outbox.clear()
        transaction.savepoint_rollback(keep)
    assert not faults + no_log(caplog)
    assert notes or who == "guest", "some of the forms must have said something"


def test_no_error_page_gives_itself_away(world, people, monkeypatch):
    """A page that is shown when something broke, and that nobody looked at."""
    guest = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answers = [guest.get("/", headers={"host": "elsewhere.example"}), guest.post("/accounts/login/"), guest.get("/sober-sam/")]
    for error, status in ((ValueError("Sober Sam"), 500), (OperationalError("Cocaine recovery"), 503)):
        monkeypatch.setattr("community.views.public", Mock(side_effect=error))
        answers.append(guest.get("/"))
        assert answers[-1].status_code == status
    assert [answer.status_code for answer in answers[:3]] == [400, 403, 404]
    assert not [fault for answer in answers for fault in READER.faults(answer, "/", "home")]


@pytest.mark.timeout(400)  # every page of the editor, beside the rest of the suite
def test_the_editor_names_no_article_outside_its_page(world, people, caplog):
    """Wagtail puts an article's title into its own; a publisher's history would list the groups."""
    faults, pages = [], 0
    article = ArticlePage.objects.get(slug=world["article"]["slug"])
    for name, address in addresses(gate.urlpatterns):
        # What the gate opens to nobody is one page, whoever asks.
        for who in ("ada", "pat", "faye") if name in gate.FOR_EDITORS | gate.FOR_ADMINS else ("ada",):
            path = filled(address, article.pk)
            answer = people[who].get(path)
            pages += answer.status_code == 200
            faults += [f"{who} at {name}: {fault}" for fault in READER.faults(answer, path, name)]
    assert not faults + no_log(caplog)
    assert pages > 30


def test_only_a_public_article_has_a_title_of_its_own(world, people):
    """A public text may be found by its title, which its address tells too; the same for one of a group would tell who reads it."""
    public = ArticlePage.objects.get(audience="public")
    address = reverse("cms:article", args=[public.slug])
    assert public.slug == "how-treatment-goes-on" and not READER.told(address.replace(public.slug, ""))
    for who, how_much in (("guest", ""), ("alice", "(1) ")):
        page = people[who].get(address).content.decode()
        assert f"<title>{how_much}How treatment goes on – {CENTRE}</title>" in page
    faults = READER.faults(people["guest"].get(address), address, "cms:article")
    assert not [fault for fault in faults if not any(told in fault for told in ("title", "meta", public.slug))]


MACHINES = ["cms:feed", "cms:robots", "cms:sitemap_index", "cms:sitemap_pages", "cms:sitemap_articles"]


@pytest.mark.parametrize("name", ["manifest", *MACHINES, "service_worker", "healthz", "readyz"])
def test_what_machines_read_knows_nothing_of_what_is_not_public(world, people, name):
    """A feed reader, a search engine or a home screen that learns of a group."""
    text = people["alice"].get(reverse(name)).content.decode()
    public = text.replace("How treatment goes on", "").replace("how-treatment-goes-on", "")
    assert not READER.told(public)


@pytest.mark.parametrize("email", list(mail.TEMPLATES))
def test_no_email_gives_itself_away(world, email):
    """Subject, sender, headers and words, as a lock screen and the other people of a mailbox see them."""
    mail.send(email, to="robin@example.org", context=example(email))
    sent = django_mail.outbox.pop()
    assert READER.faults_of_email(sent) == []
    assert sent.from_email == f"{CENTRE} <post@localhost>" and QueuedEmail.objects.filter(template=email).exists()


@pytest.mark.parametrize("end", [".subject.txt", ".txt"])
def test_a_give_away_planted_into_a_notification_is_found(world, end, monkeypatch):
    """Its words, changed by somebody who meant well."""
    real = loader.get_template
    planted = SimpleNamespace(template=Template("Your sober friends wrote"))
    monkeypatch.setattr(loader, "get_template", lambda name: planted if name == f"mail/notification{end}" else real(name))
    mail.send("notification", to="robin@example.org", context=example("notification"))
    assert READER.faults_of_email(django_mail.outbox.pop())


def test_nothing_in_the_code_sends_but_what_is_registered():
    """A second way to send mail, a call to another company, a push or a download that nobody looked at."""
    sources = list(ours(".py", *ROOMS, "manage.py"))
    found = {name: ways for name, source in sources if "/migrations/" not in name and (ways := ways_out(name, source))}
    assert found == {}
    assert outgoing.unused_ways(sources) == set()
    assert {name for name, source in ours(".js", *ROOMS) if outgoing.IN_SCRIPTS.search(source)} == outgoing.MAY_PUSH


# ---------------------------------------------------------------- the checks themselves, seen failing


def page(title: str = f"Groups – {CENTRE}", head: str = "", **headers: str) -> HttpResponse:
    answer = HttpResponse(f"<html><head><title>{title}</title>{head}</head>")
    for name, value in headers.items():
        answer.headers[name.replace("_", "-")] = value
    return answer


def with_cookie(name: str, value: str) -> HttpResponse:
    answer = page()
    answer.set_cookie(name, value)
    return answer


PLANTED = {
    "a group in a title": (page(f"Cocaine recovery – {CENTRE}"), "/groups/1/"),
    "a person in a title": (page(f"Report Sam – {CENTRE}"), "/groups/1/"),
    "a title that nobody registered": (page(f"Evenings – {CENTRE}"), "/groups/1/"),
    "what is new in a title": (page(f"(3 mentions) Groups – {CENTRE}"), "/groups/1/"),
    "a title without the centre": (page("Groups"), "/groups/1/"),
    "a page without a title": (HttpResponse("<html><head></head>"), "/groups/1/"),
    "a telling address": (page(), "/library/thirty-days-sober/"),
    "a person in an address": (page(), "/people/sam/"),
    "a telling redirect": (page(Location="/groups/cocaine-recovery/"), "/groups/1/"),
    "a file name": (page(Content_Disposition='attachment; filename="plan-for-sam.pdf"'), "/documents/1/"),
    "a file name that nobody registered": (page(Content_Disposition='attachment; filename="export.zip"'), "/me/export/"),
    "a telling header": (page(X_Group="Relapse prevention"), "/groups/1/"),
    "a link preview": (page(head='<meta property="og:title" content="Sober evenings">'), "/groups/1/"),
    "a telling feed": (page(head='<link rel="alternate" title="Rehab alumni" href="/feed/">'), "/groups/1/"),
    "a cookie that nobody registered": (with_cookie("theme", "dark"), "/me/"),
    "a cookie that can be read": (with_cookie("messages", "You left Cocaine recovery."), "/groups/"),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_give_away_of_a_page_is_found(planted):
    answer, address = planted
    assert READER.faults(answer, address, "cms:document")
    assert not READER.faults(page(), "/groups/1/", "cms:document")
    assert not READER.faults(page(f"(3) Groups – {CENTRE}"), "/groups/1/", "cms:document")


def test_a_note_packed_the_way_django_packs_it_is_found(world, people, settings):
    """Signed is not sealed: whoever finds the cookie can read it."""
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
    address = reverse("members:suspend", kwargs=world["member"])
    faults = READER.faults(people["ada"].post(address), address, "members:suspend")
    assert "cookie messages: Sam" in faults


def email(**more: Any) -> EmailMessage:
    headers = {"Message-ID": "<01a214ea-232b-7277-8575-3154f35824a0@localhost>"} | more.pop("headers", {})
    fields = {"subject": "You have an invitation", "body": "Hello", "from_email": f"{CENTRE} <post@localhost>", "to": ["sam@example.org"]}
    return EmailMessage(**fields | more, headers=headers)


PLANTED_EMAILS = {
    "its subject": email(subject="Cocaine recovery: Sam wrote to you"),
    "its words": email(body="Your sober friends miss you"),
    "its sender's name": email(from_email="Riverside Rehab <post@localhost>"),
    "its sender's address": email(from_email="Quiet House <post@recovery.example>"),
    "a header": email(headers={"List-Id": "<alumni.quiet.example>"}),
    "a list": email(headers={"List-Id": "<quiet.example>"}),
    "a conversation": email(headers={"References": "<1@localhost>"}),
    "its Message-ID's host": email(headers={"Message-ID": "<01a214ea-232b-7277-8575-3154f35824a0@sober-server>"}),
    "another way out": email(headers={"Message-ID": "<17@localhost>"}),
    "an attachment": email(attachments=[("plan-for-sam.pdf", b"", "application/pdf")]),
}


@pytest.mark.parametrize("planted", PLANTED_EMAILS.values(), ids=PLANTED_EMAILS)
def test_a_planted_give_away_of_an_email_is_found(planted):
    assert READER.faults_of_email(planted)
    assert not READER.faults_of_email(email())


def test_an_email_that_nobody_registered_has_no_example(monkeypatch):
    monkeypatch.setitem(mail.TEMPLATES, "gossip", frozenset({"group_name"}))
    with pytest.raises(KeyError):
        example("gossip")


@pytest.mark.parametrize(
    "source",
    [
        "from django.core.mail import send_mail", "import django.core.mail", "from django.core import mail", "import smtplib",
        "from urllib import request", "import requests", "from http.client import HTTPSConnection", "from pywebpush import webpush",
        "import icalendar", "member.email_user('Hello', 'Sam')", "importlib.import_module('httpx')",
        "response['Content-Disposition'] = f'attachment; filename={name}'", "FileResponse(file)",
        "HttpResponse(b'', content_type='text/calendar')",
    ],
)  # fmt: skip
def test_a_planted_way_out_is_found(source):
    """Each of these, in a module that nobody registered for it."""
    assert ways_out("groups/peers/views.py", source)
    assert not ways_out("groups/peers/views.py", "from community.kit import mail\nmail.send('test', to='', context={})")


@pytest.mark.parametrize(
    "source", ["registration.showNotification('Sam wrote')", "self.addEventListener('push', tell)", "new Notification('x')"]
)
def test_a_planted_push_is_found(source):
    assert outgoing.IN_SCRIPTS.search(source)


def test_a_way_that_is_not_used_any_more_is_found():
    assert outgoing.unused_ways([])


@pytest.mark.parametrize(
    "reach",
    [
        lambda: urllib.request.urlopen("http://elsewhere.example/?member=sam"),
        lambda: smtplib.SMTP("mail.elsewhere.example"),
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    ],
)
def test_what_reaches_another_machine_is_stopped_and_remembered(fence, reach):
    """Whatever the code does with the refusal, the test that ran it fails."""
    with pytest.raises((LeftTheSiteError, OSError)):
        reach()
    assert fence.left
    fence.left.clear()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Quiet House", []), ("The Riverside House", []), ("Independence Hall", []), ("Evening circle", []), ("Cleanliness", []),
        ("Quiet Recovery", ["recover"]), ("QUIETRECOVERY", ["recover"]), ("Réhab", ["rehab"]), ("Ｓober living", ["sober"]),
        ("The IOP alumni", ["alumn", "iop"]), ("Clean and well", ["clean"]), ("12-Step house", ["12step"]), ("sober_living", ["sober"]),
        ("drug-free", ["drug"]), ("Al-Anon", ["alanon"]),
    ],
)  # fmt: skip
def test_words_that_give_away_are_known_however_they_are_written(text, found):
    assert giveaways.found_in(text) == found
