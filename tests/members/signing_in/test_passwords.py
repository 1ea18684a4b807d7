"""Passwords: the same from every keyboard, and hard to guess."""

import re
from unicodedata import normalize

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from community.centre.models import Centre
from community.members.invitations.actions import invite
from community.members.models import User
from tests.cast import PASSWORD
from tests.joining import join, reach

pytestmark = pytest.mark.django_db
SAID = "Grüße von der Brücke"
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def sign_in(password, name="alice"):
    return Client().post("/accounts/login/", {"login": f"{name}@example.org", "password": password}).status_code == 302


@pytest.mark.parametrize("typed", FORMS)
@pytest.mark.parametrize("was", FORMS)
def test_a_password_opens_from_every_keyboard(alice, was, typed):
    """Who chose it on a Mac stands before the door with a phone."""
    alice.set_password(normalize(was, SAID))
    alice.save()
    assert sign_in(normalize(typed, SAID)) and not sign_in("Grusse von der Brucke")


@pytest.mark.parametrize("typed", FORMS)
@pytest.mark.parametrize("was", FORMS)
def test_a_hash_of_before_opens_too_and_stays(alice, client_of, was, typed):
    """An old hash that only one keyboard opens, or a new one that signs out everywhere else."""
    User.objects.filter(pk=alice.pk).update(password=make_password(normalize(was, SAID)))
    alice.refresh_from_db()
    elsewhere = client_of(alice)
    assert sign_in(normalize(typed, SAID)) and not sign_in("Grusse von der Brucke")
    assert elsewhere.get("/me/").status_code == 200


@pytest.mark.parametrize(
    ("was", "typed"),
    [
        ("tea in the kitchen", "ｔｅａ in the kitchen"), ("tea in the kitchen", "tea\u00a0in\u3000the kitchen"), 
        ("½ cup of tea", "1\u20442 cup of tea"),
        ("한국어 비밀번호", normalize("NFD", "한국어 비밀번호")), ("パスワード です", "ﾊﾟｽﾜｰﾄﾞ です"), ("पढ़ाई की बात", "प\u095dाई की बात"), 
        ("Việt Nam ơi", normalize("NFD", "Việt Nam ơi")),
    ],
)  # fmt: skip
def test_letters_of_other_scripts_and_widths_are_the_same_too(alice, was, typed):
    """A keyboard that writes wide letters, a space that holds a line together, syllables in parts."""
    for chosen, given in ((was, typed), (typed, was)):
        alice.set_password(chosen)
        alice.save()
        assert sign_in(given)


@pytest.mark.parametrize("kept", ["½ cup of tea", "ｔｅａ in the kitchen", "tea\u00a0in the kitchen"])
def test_a_hash_of_what_is_kept_differently_now_opens_as_it_was_typed(alice, kept):
    User.objects.filter(pk=alice.pk).update(password=make_password(kept))
    assert sign_in(kept)


def test_every_form_takes_it_in_each_spelling(alice):
    """One form that compares letters in its own way: the present password, proving who one is, the link of a letter."""
    alice.set_password(normalize("NFC", SAID))
    alice.save()
    here = Client()
    here.post("/accounts/login/", {"login": "alice@example.org", "password": SAID})
    new = "Füße über der Äste Grün"
    form = {"oldpassword": normalize("NFD", SAID), "password1": normalize("NFD", new)}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert here.post("/accounts/again/", {"password": normalize("NFC", new)}).status_code == 302
    assert sign_in(normalize("NFC", new)) and sign_in(normalize("NFD", new))
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    client = Client()
    page = client.get(re.search(r"http://localhost:\d+(/\S+)", mail.outbox[0].body)[1], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": normalize("NFD", SAID)})
    assert sign_in(normalize("NFC", SAID))


@pytest.mark.parametrize("typed", FORMS)
def test_one_that_is_chosen_while_joining_does_too(ada, client, typed):
    _invitation, key = invite(actor=ada, email="robin@example.org")
    join(client, reverse("members:invitation", args=[key]), password=normalize(typed, SAID))
    assert all(sign_in(normalize(form, SAID), "robin") for form in FORMS)


def test_a_wrong_password_takes_as_many_hashes_for_a_stranger(alice, bob, monkeypatch):
    """Time that tells who is here, or who has no password, where a guess has letters that can be written in more than one way."""
    bob.set_unusable_password()
    bob.save()
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args, **kwargs: made.append(1) or encode(*args, **kwargs))
    counts = []
    for name in ("alice", "bob", "nobody"):
        made.clear()
        assert not sign_in("Grüße ½", name)
        counts.append(len(made))
    assert counts == [counts[0]] * 3 and counts[0] > 1


def test_a_long_one_that_was_taken_opens(alice, client_of):
    """A limit at the door that is narrower than the one where it was chosen, or that counts the dots of an ü."""
    long = "äöü ßøå é" * 22
    page = client_of(alice).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": long + "more"})
    assert "At most 200 can be kept" in page.content.decode()
    client_of(alice).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": long})
    assert sign_in(normalize("NFD", long))


EASY = (
    "Passw0rd123!", "letmein2024", "qwertyuiop123", "aaaaaaaaaaaa", "0123456789ab", "QuietHouse2026", "quiet house 2026", "Qu1etH0use!!",
    "esuoHteiuQ2026", "mainstay2026", "Robin1234567", "robin@example.org", "robinexample1", "localhost2026", "Ｐａｓｓｗ０ｒｄ１２３！",
    "p" * 150, "Robin at Quiet House 2026",
)  # fmt: skip
GOOD = (
    "a cup on the table", "k8#Lq!x02ZvW", "Grüße von der Brücke", "секретное слово дома", "押し入れの青い傘は古い",
    "robin sings behind the blue shed",
    "By the old harbor wall nobody counts gulls, and whoever tries is given a biscuit, a bench and one long afternoon to forget it.",
)  # fmt: skip


@pytest.fixture
def robin(ada, client):
    """The step of joining that asks Robin for a password."""
    Centre.objects.update_or_create(pk=1, defaults={"name": "Quiet House"})
    _invitation, key = invite(actor=ada, email="robin@example.org")
    return reach(client, reverse("members:invitation", args=[key]), "password/")


@pytest.mark.parametrize("password", EASY)
def test_one_that_is_guessed_quickly_is_refused_in_one_sentence(robin, client, password):
    """Long enough, with a digit and a sign: and the first that anybody tries who knows the place."""
    form = client.post(robin, {"password": password}).context["form"]
    assert form.errors["password"] == ["That password is easy to guess. Three or four words that do not belong together are better."]


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_welcome_in_any_script(robin, client, password):
    assert client.post(robin, {"password": password}).status_code == 302


def test_a_short_one_is_told_one_thing(robin, client):
    errors = client.post(robin, {"password": "letmein"}).context["form"].errors["password"]
    assert len(errors) == 1 and "too short" in errors[0]


def test_the_other_forms_ask_as_much_and_the_present_one_is_left_alone(alice, client_of):
    """A rule at one door only, or one that locks out who chose before it."""
    alice.set_password("letmein2024")
    alice.save()
    assert sign_in("letmein2024")
    here = client_of(alice)
    form = {"oldpassword": "letmein2024", "password1": "alice-at-example"}
    assert "easy to guess" in here.post("/accounts/password/change/", form).content.decode()
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    client = Client()
    page = client.get(re.search(r"http://localhost:\d+(/\S+)", mail.outbox[-1].body)[1], follow=True)
    assert "easy to guess" in client.post(page.redirect_chain[-1][0], {"password1": "Passw0rd123!"}).content.decode()
    assert here.post("/accounts/password/change/", form | {"password1": "a coat on the chair"}).status_code == 302


def test_what_is_asked_about_one_is_not_kept_for_another(alice):
    """zxcvbn keeps the words that it was told: one person's name would be easy to guess for everybody after them."""
    validate_password("marigold kettledrum", User(name="Robin"))
    with pytest.raises(ValidationError):
        validate_password("zbigniewski1", User(name="Zbigniewski"))
    validate_password("zbigniewski1", User(name="Robin"))
