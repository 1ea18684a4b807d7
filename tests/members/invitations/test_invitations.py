"""An invitation's link: it is used up by the answer alone, by one answer, and by nobody else."""

import re
import threading

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.kit import limits
from community.kit.errors import Refused
from community.members.invitations.actions import invite, revoke
from community.members.joining import actions as joining_actions
from community.members.models import Consent, ConsentText, Invitation, User
from community.members.roles import Role
from community.notifications.models import preferences_of
from tests.joining import ANSWERS, STEPS, join, link_in, reach

pytestmark = pytest.mark.postgresql

RUN_OUT = "ask the person who invited you for a new invitation."


@pytest.fixture
def link(ada):
    _invitation, key = invite(actor=ada, email="robin@example.org")
    return reverse("members:invitation", args=[key])


def test_the_whole_way_from_the_desk_to_an_account(ada, client, client_of):
    """Catches any broken step between staff inviting somebody and that person being signed in."""
    assert client_of(ada).post("/staff/people/invite/", {"email": " Robin@Example.org ", "role": "alumnus"}).status_code == 302
    path = link_in(mail.outbox[0])
    page = client.get(path)
    assert "Ada invited you" in page.content.decode()
    answered = join(client, path)
    assert (answered.status_code, answered["Location"]) == (302, "/welcome/groups/")
    robin = User.objects.get(email="robin@example.org")
    assert (robin.name, robin.drawing) == ("Robin", "cup") and not robin.is_staff
    assert client.session["_auth_user_id"] == str(robin.pk) and client.session.get_expire_at_browser_close()
    assert robin.emailaddress_set.get().verified
    assert robin.consents.get().text == ConsentText.objects.get(version=1)
    assert Client().login(email="robin@example.org", password=ANSWERS["password"])


def test_what_newcomers_read_of_e_mails_and_of_closing_is_so(link, client):
    """The last step promised no notifications, which are e-mailed daily where nobody chooses otherwise; the first sent people to staff."""
    assert "You can close your account yourself, under Me" in client.get(link).content.decode()
    join(client, link)
    page = client.get("/welcome/leaving/").content.decode()
    assert preferences_of(User.objects.get(name="Robin")).email == "daily" and "once a day at most" in page


def test_opening_the_link_does_not_use_it_up(link, client):
    """A mail scanner that opens every link would otherwise lock the person out."""
    for _time in range(3):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert Invitation.objects.open().count() == 1 and not User.objects.filter(email="robin@example.org").exists()
    assert join(client, link)["Location"] == "/welcome/groups/"


def over(client, path, **answers):
    """True where each step of the path is answered as a link that has run out, opened and answered alike."""
    unknown = client.get("/invitation/nobody-ever-had-this-key/")
    given = ANSWERS | answers
    answers = [ask(path + step, given) for step, _fields in STEPS for ask in (client.get, client.post)]
    return all(
        (page.status_code, page.content, sorted(page.headers.items())) == (404, unknown.content, sorted(unknown.headers.items()))
        for page in answers
    ) and RUN_OUT.encode() in unknown.content  # fmt: skip


def test_a_link_that_was_used_makes_no_second_account(link, client):
    """And whoever has joined by it reads where to sign in, and not that they need another; a stranger learns nothing from that."""
    join(client, link)
    assert over(Client(), link, name="Somebody else")
    page = re.sub(r"\s+", " ", Client().get(link).content.decode())
    assert page.index("Already joined?") < page.index('href="/accounts/login/">Sign in') < page.index("a new invitation")
    assert "You need a new invitation" not in page and "run out" not in page
    assert User.objects.filter(email="robin@example.org").count() == 1


def test_an_expired_link_says_so_and_makes_no_account(link, client, settings):
    with time_machine.travel(timezone.now() + limits.INVITATION_LIFETIME + timezone.timedelta(seconds=1)):
        assert over(client, link)
    assert not User.objects.filter(email="robin@example.org").exists()


def test_a_link_that_was_taken_back_makes_no_account(link, client, ada):
    revoke(actor=ada, invitation=Invitation.objects.get())
    assert over(client, link)


def test_sending_again_kills_the_first_link(link, client, client_of, ada):
    """A first e-mail that went to the wrong person must be worth nothing afterwards."""
    client_of(ada).post(f"/staff/invitations/{Invitation.objects.get().pk}/resend/")
    assert over(client, link)
    assert join(client, link_in(mail.outbox[1]))["Location"] == "/welcome/groups/"


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_make_one_account(link):
    """Catches a check of the invitation that is not in the transaction of its use."""
    invitation, outcomes = Invitation.objects.get(), []
    ready = threading.Barrier(2)

    def answer(name):
        ready.wait()
        try:
            joining_actions.answer(invitation=invitation, name=name, password=ANSWERS["password"], text=ConsentText(version=1))
            outcomes.append("made")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[name]) for name in ("Robin", "Sparrow")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "run_out"]
    assert User.objects.filter(email="robin@example.org").count() == Consent.objects.filter(member__email="robin@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_name_taken_twice_at_once_goes_to_one(ada):
    """The check before the write cannot see the other's row; the database's no must become a sentence, and leave the link open."""
    invitations = [invite(actor=ada, email=f"{who}@example.org")[0] for who in ("one", "two")]
    outcomes = []
    ready = threading.Barrier(2)

    def answer(invitation):
        ready.wait()
        try:
            joining_actions.answer(invitation=invitation, name="Robin", password=ANSWERS["password"], text=ConsentText(version=1))
            outcomes.append("made")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[invitation]) for invitation in invitations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("made") == 1 and set(outcomes) - {"made"} <= {"bad_name", "name_taken"}
    assert Invitation.objects.open().count() == 1


def test_a_name_taken_after_the_check_is_a_sentence_and_keeps_the_link(link, client, alice):
    """Between the second step and the third another may take the name: the person is asked for another one, and may go on."""
    password = reach(client, link, "password/", name="Sparrow")
    User.objects.filter(pk=alice.pk).update(name="Sparrow", name_key="sparrow")
    page = client.post(password, {"password": ANSWERS["password"]}, follow=True)
    assert page.redirect_chain[-1][0] == link + "name/" and "Somebody here has that name" in page.content.decode()
    assert 'value="Sparrow"' in page.content.decode() and Invitation.objects.open().count() == 1
    assert client.get(password)["Location"] == link + "name/", "the name has to be chosen again first"
    assert join(client, link, name="Robin")["Location"] == "/welcome/groups/"


def test_an_invitation_to_staff_gives_the_role(ada, client):
    _invitation, key = invite(actor=ada, email="robin@example.org", role=Role.MODERATOR)
    path = reverse("members:invitation", args=[key])
    assert "Moderator" in client.get(path).content.decode()
    join(client, path)
    assert User.objects.get(email="robin@example.org").roles == {"moderator"}


def test_a_role_cannot_be_had_by_asking_for_it(link, client):
    """Catches mass assignment: what is typed into the form beside its fields."""
    more = {"role": "admin", "is_active": "1", "groups": "1", "email": "other@example.org", "is_demo": "1"}
    for step, fields in STEPS:
        client.post(link + step, {field: ANSWERS[field] for field in fields} | more)
    robin = User.objects.get(email="robin@example.org")
    assert not robin.roles and not robin.is_demo and not User.objects.filter(email="other@example.org").exists()


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"adult": ""}, "This place is for adults."),
        ({"password": "short"}, "too short"),
        ({"password": "robin@example.org"}, "easy to guess"),
        ({"name": ""}, "Fill this in."),
        ({"name": "Ada"}, "Somebody here has that name"),
        ({"drawing": "skull"}, "That can’t be chosen anymore."),
        ({"version": "7"}, "has changed while this page was open"),
    ],
)
def test_a_wrong_answer_keeps_what_was_typed(link, client, wrong, says):
    """Catches a form that forgets the name, repeats the password, or uses the link up."""
    page = join(client, link, **{"name": "Robin Keptname"} | wrong).content.decode()
    assert "There is a problem" in page and says in page and "<title>Error: " in re.sub(r"\s+", " ", page)
    assert ANSWERS["password"] not in page
    if "version" not in wrong and "adult" not in wrong:
        assert wrong.get("name", "Robin Keptname") in client.get(link + "name/").content.decode()
    assert Invitation.objects.open().count() == 1


def test_the_text_that_is_agreed_to_is_the_newest(link, client):
    ConsentText.objects.create(version=2, body="**New.** Other words.")
    assert "Other words." in client.get(link).content.decode()
    assert "has changed" in join(client, link).content.decode()
    join(client, link, version="2")
    assert User.objects.get(email="robin@example.org").consents.get().text_id == 2


def test_somebody_signed_in_is_offered_to_sign_out_and_loses_nothing(link, client_of, alice):
    """Else a member who opens another's link would make a second account, or be signed out unasked."""
    signed_in = client_of(alice)
    page = signed_in.get(link).content.decode()
    assert "You are here as Alice" in page and f'value="{link}"' in page
    assert {signed_in.post(link + step, ANSWERS).status_code for step, _fields in STEPS} == {403}
    assert signed_in.get(link).status_code == 200 and Invitation.objects.open().count() == 1
    assert signed_in.post("/accounts/logout/", {"next": link})["Location"] == link


def test_the_pages_help_password_managers_and_keep_the_key_to_themselves(link, client):
    """The key must not leave in a Referer; "same-origin" is as strict as a page with a form can be."""
    html = ""
    for step, _fields in STEPS:
        page = client.get(reach(client, link, step))
        assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]
        html += page.content.decode()
    assert re.search(r'type="email" value="robin@example.org" autocomplete="username"[^>]* readonly', html)
    assert 'autocomplete="new-password"' in html and 'autocomplete="nickname"' in html
    assert not re.search(r'(href|src|action)="https?://', html)


def test_the_key_is_kept_nowhere(link, client):
    """Who reads the database must not be able to answer for somebody: not from the session of who is about to, either."""
    key = link.split("/")[2]
    reach(client, link, "password/")
    assert key not in str(dict(client.session.items())) and Session.objects.exists()
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [table for row in cursor.fetchall() if key in str(row)]
    assert found == []


def test_one_address_has_one_open_invitation(ada, link):
    with pytest.raises(Refused) as refusal:
        invite(actor=ada, email="ROBIN@example.org")
    assert refusal.value.code == "invited" and len(mail.outbox) == 1


def test_an_address_may_be_invited_again_when_its_invitation_has_run_out(ada, link, settings):
    with time_machine.travel(timezone.now() + limits.INVITATION_LIFETIME + timezone.timedelta(days=1)):
        invite(actor=ada, email="robin@example.org")
    assert Invitation.objects.count() == 1 and len(mail.outbox) == 2


@pytest.mark.parametrize(
    "address", ["two@example.org,three@example.org", "x@example.org\nBcc: y@example.org", "x@example.org\r\n", "no address", ""]
)
def test_an_address_cannot_carry_headers_or_further_people(ada, client_of, address):
    """Catches header injection: one e-mail must go to one address."""
    client_of(ada).post("/staff/people/invite/", {"email": address, "role": "alumnus"})
    assert all(re.fullmatch(r"[a-z]@example\.org", email.to[0]) and len(email.to) == 1 for email in mail.outbox)
    with pytest.raises(Refused):
        invite(actor=ada, email=address + "\nBcc: z@example.org")


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("admin", "invite people"),
        ("moderator", "read what was reported"),
        ("publisher", "write, publish"),
        ("reviewer", "as a clinician"),
        ("", ""),
    ],
)
def test_who_is_invited_as_staff_reads_what_they_would_do_here(ada, client, role, words):
    """Catches a new colleague who is greeted as somebody who finished the programme."""
    _invitation, key = invite(actor=ada, email="robin@example.org", role=role)
    link = reverse("members:invitation", args=[key])
    page = client.get(link).content.decode()
    name = client.get(reach(client, link, "name/")).content.decode()
    if role:
        assert "as staff" in page and words in page and "the same text" in page and "members know you by" in name
        assert "you can leave whenever" not in page and "legal name. You can" not in name
    else:
        assert "as staff" not in page and "you can leave whenever" in page and "legal name. You can change it later" in name
