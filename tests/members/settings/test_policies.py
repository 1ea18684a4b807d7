"""What people agree to, in versions: written in the editor, published once, and asked of everybody who agreed to an older one."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import IntegrityError
from django.urls import reverse

from community.centre import policies
from community.kit.errors import Refused
from community.kit.models import AuditEntry
from community.members.invitations.actions import invite
from community.members.models import Consent, ConsentDraft, ConsentText
from community.members.settings.policy_actions import publish_policy
from community.members.signing_in.allauth_internals import TOTP
from groups.peers.models import AgreementDraft, NewAgreement
from tests.cast import prove, secret_of
from tests.joining import join

NEW = "**What is new.** Two words of it."
# What the first release said, and what is said now.
FIRST_WORDS = (
    ("Your e-mail address is seen", "Your e-mail address, if you give one, is seen"),
    ("Our letters and", "Our e-mails and"),
    ("To have your account closed, ask the staff who invited you.", "You can close your account yourself, under Me."),
    ("a programme,", "a program,"),
    ("the centre's", "the center's"),
)


def write(client, app, model, body):
    path = client.get(f"/cms/settings/{app}/{model}/")["Location"]
    return client.post(path, {"body": body})


def fingerprint_on(page):
    return page.split('name="fingerprint" value="')[1].split('"')[0]


def publish(client, kind="consent"):
    path = reverse("members:policy", args=[kind])
    return client.post(path, {"fingerprint": fingerprint_on(client.get(path).content.decode())}, follow=True)


@pytest.fixture
def second(db):
    return ConsentText.objects.create(version=2, body=NEW)


def test_a_site_with_the_first_text_is_offered_the_present_one(client_of, ada, alice):
    """It went on saying that only staff can close an account. Nothing is published for a center, and what it wrote itself stays."""
    offer = import_module("community.members.migrations.0026_offer_consent_text").offer
    page, present = "/staff/texts/consent/", ConsentText.objects.get().body
    offer(apps, None)
    assert "Nothing new has been written" in client_of(ada).get(page).content.decode(), "a new site begins with it"
    first = present
    for old, new in FIRST_WORDS:
        first = first.replace(new, old)
    for body, is_offered in ((first.replace("Everybody here", "Everybody in our house"), False), (first, True)):
        ConsentText.objects.update(body=body)
        ConsentDraft.objects.all().delete()  # looking at the page lays one
        offer(apps, None)
        assert ("close your account yourself" in client_of(ada).get(page).content.decode()) is is_offered
    assert client_of(alice).get("/today/").status_code == 200, "nobody is asked before the center publishes it"
    publish(client_of(ada))
    assert ConsentText.objects.latest().body.strip() == present.strip()
    assert client_of(alice).get("/today/")["Location"].startswith("/consent/")


# ------------------------------------------------------------------- writing and publishing


def test_an_admin_writes_looks_and_publishes(client_of, ada):
    admin = client_of(ada)
    path = admin.get("/cms/settings/members/consentdraft/")["Location"]
    form = admin.get(path).content.decode()
    assert "Who sees what" in form, "a new draft begins with what holds now"
    assert 'href="/staff/texts/consent/"' in form
    assert "Nothing new has been written" in admin.get("/staff/texts/consent/").content.decode()
    admin.post(path + "preview/", {"body": NEW})
    shown = admin.get(path + "preview/")
    assert "<strong>What is new.</strong>" in shown.content.decode() and shown["X-Frame-Options"] == "SAMEORIGIN"
    write(admin, "members", "consentdraft", NEW)
    assert ConsentText.objects.latest().version == 1, "saving a draft published it"
    assert "<strong>What is new.</strong>" in admin.get("/staff/texts/consent/").content.decode()
    assert "Published." in publish(admin).content.decode()
    made = ConsentText.objects.latest()
    assert (made.version, made.body) == (2, NEW)
    assert AuditEntry.objects.get(verb="members.publish_text").target == "consent 2"


def test_the_same_words_are_not_published_twice(client_of, ada):
    """Two clicks, or two admins, would ask everybody again for nothing."""
    admin = client_of(ada)
    write(admin, "members", "consentdraft", NEW.replace(" Two", "\r\n\r\nTwo"))
    fingerprint = ConsentDraft.objects.get().fingerprint
    for _ in range(2):
        admin.post("/staff/texts/consent/", {"fingerprint": fingerprint})
    assert ConsentText.objects.count() == 2 and "\r" not in ConsentText.objects.latest().body


def test_what_is_published_is_what_was_seen(client_of, ada):
    """Another admin saves other words between the look and the click."""
    admin = client_of(ada)
    write(admin, "members", "consentdraft", NEW)
    seen = fingerprint_on(admin.get("/staff/texts/consent/").content.decode())
    write(admin, "members", "consentdraft", "Quite other words.")
    assert "changed the draft meanwhile" in admin.post("/staff/texts/consent/", {"fingerprint": seen}, follow=True).content.decode()
    assert ConsentText.objects.count() == 1


def test_a_published_version_is_never_changed(second):
    """People agreed to these very words."""
    second.body = "Others."
    with pytest.raises(IntegrityError):
        second.save()


def test_who_may_not_set_up_publishes_nothing(ada, pat, alice):
    draft = ConsentDraft.load()
    for person in (pat, alice):
        with pytest.raises(Refused, match="Only an admin"):
            publish_policy(actor=person, policy=policies.POLICIES["consent"], fingerprint=draft.fingerprint)


# ------------------------------------------------------------------- agreeing again


def test_who_agreed_to_an_older_text_is_asked_at_the_next_page_and_goes_on_where_they_were(client_of, alice, second):
    member = client_of(alice)
    answer = member.get("/groups/?x=1")
    assert answer["Location"] == "/consent/?next=%2Fgroups%2F%3Fx%3D1"
    page = member.get(answer["Location"]).content.decode()
    assert "<strong>What is new.</strong>" in page and "Version 2, published on" in page and 'href="/consent/1/"' in page
    assert "Who sees what" in member.get("/consent/1/").content.decode()
    done = member.post(answer["Location"], {"version": "2"})
    assert done["Location"] == "/groups/?x=1" and member.get("/groups/").status_code == 200
    assert set(Consent.objects.filter(member=alice).values_list("text", flat=True)) == {1, 2}
    assert member.get("/consent/")["Location"] == "/today/"


def test_until_then_help_privacy_and_the_way_out_stay_open_and_nothing_else(client_of, ada, second):
    admin = client_of(ada)
    for path in ("/help/", "/privacy/", "/consent/1/", "/accounts/logout/", "/look/x.css"):
        assert admin.get(path).status_code in (200, 404), path
    for path in ("/today/", "/me/", "/groups/", "/library/", "/staff/people/", "/cms/", "/accounts/password/change/", "/nowhere/"):
        assert admin.get(path).get("Location", "").startswith("/consent/?next="), path


def test_staff_use_their_second_step_before_they_are_asked(client_of, mo, second):
    """Two gates that each send to a page which the other keeps shut: nobody could pass."""
    Authenticator.objects.filter(user=mo).delete()
    client = client_of(mo)
    way = client.get("/today/")["Location"]
    assert way.startswith("/accounts/signing-in/") and client.get(way).status_code == 200
    TOTP.activate(mo, secret_of("mo"))
    prove(client, mo)
    way = client.get("/today/")["Location"]
    assert way.startswith(reverse("members:consent")) and "Two words of it" in client.get(way).content.decode()


def test_what_somebody_is_in_the_midst_of_is_not_cut_off(client_of, alice, bob, channel, second):
    """A message of the worst hour, sent by a form from a page that was open before."""
    member = client_of(alice)
    form = {"client_id": "0192f3c4-1111-7222-8333-444455556666", "body": "I need somebody."}
    member.post(f"/chat/{channel.pk}/send/", form)
    assert channel.messages.filter(body="I need somebody.").exists()
    assert member.get(f"/chat/{channel.pk}/history/").status_code == 200
    assert member.get(f"/chat/{channel.pk}/").status_code == 302


def test_agreeing_is_to_the_text_that_was_shown(client_of, alice, second):
    """A third version comes out while the second is read."""
    member = client_of(alice)
    member.get("/consent/")
    ConsentText.objects.create(version=3, body="A third.")
    page = member.post("/consent/", {"version": "2"}).content.decode()
    assert "newer version was published meanwhile" in page and 'value="3"' in page and "A third." in page
    assert not Consent.objects.filter(member=alice, text__gt=1).exists()


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_agreeing_leads_to_no_other_site(client_of, alice, second, onward):
    assert client_of(alice).post(f"/consent/?next={onward}", {"version": "2"})["Location"] == "/today/"


def test_a_newcomer_agrees_to_the_newest_and_is_not_asked_again(client, ada, second):
    _invitation, key = invite(actor=ada, email="new@example.org")
    path = reverse("members:invitation", args=[key])
    assert "What is new." in client.get(path).content.decode()
    join(client, path, version="2")
    answer = client.get("/today/", follow=True)
    assert answer.status_code == 200 and not [url for url, _code in answer.redirect_chain if "/consent/" in url]


def test_a_version_that_is_none_is_not_there(client_of, alice):
    assert client_of(alice).get("/consent/99/").status_code == 404


# ------------------------------------------------------------------- the agreement of new groups


def test_a_new_group_begins_with_the_newest_agreement_and_keeps_its_own(client_of, ada, group):
    admin, before = client_of(ada), group.agreement
    assert not NewAgreement.objects.exists()
    write(admin, "peers", "agreementdraft", "We listen first.\r\nWhat is said here stays here.")
    publish(admin, "agreement")
    page = admin.get("/groups/new/").content.decode()
    assert "We listen first.\nWhat is said here stays here.</textarea>" in page
    group.refresh_from_db()
    assert group.agreement == before and NewAgreement.objects.get().version == 1
    assert AgreementDraft.objects.get().body == NewAgreement.objects.get().body
