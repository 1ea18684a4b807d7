"""Printed cards: the codes are seen once, a code opens the joining of one person, and a wrong one tells nothing to whoever guesses."""

import datetime as dt
import re
import time
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.centre import retention
from community.kit import limits
from community.kit.models import AuditEntry
from community.kit.text.codes import ALPHABET
from community.members.invitations import card_codes, cards, cohorts
from community.members.invitations.actions import invite
from community.members.joining import card_code_views
from community.members.models import CardSheet, Invitation
from community.members.signing_in import attempt_limits
from tests.joining import ANSWERS
from tests.spellings import SPELLINGS

CARD = "/card/"
NO_SUCH = "This code doesn&#x27;t work."
WAIT = "Too many wrong codes"
CODE = re.compile(rf"[{ALPHABET}]{{4}} [{ALPHABET}]{{4}}")


@pytest.fixture
def cohort(ada):
    return cohorts.make_cohort(actor=ada, name="Finished in May", buddy=None)


@pytest.fixture
def codes(ada, cohort):
    """The codes of three cards, by their numbers less one."""
    return cards.make_sheet(actor=ada, cohort=cohort, count=3, identity=uuid.uuid4())


@pytest.fixture
def naps(monkeypatch):
    """How long tries were made to wait, in place of the wait."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(attempt_limits, "close_old_connections", lambda: None)  # the one in hand holds this test's transaction
    return slept


def card(number):
    return Invitation.objects.get(card_number=number)


def use(number):
    Invitation.objects.filter(card_number=number).update(answered_at=timezone.now())


def forms_of(page):
    """A page with its form, less what is drawn anew for each answer and what was typed."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|name="code" value="[^"]*"', "", page.content.decode())


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
def test_who_came_to_the_wrong_page_with_a_card_is_led_to_the_right_one(db, client, page):
    """Both spoke of a link in an e-mail alone, to people who have none."""
    assert f'href="{CARD}"' in client.get(page).content.decode()


# ------------------------------------------------------------- staff


def test_the_whole_way_from_the_cohort_to_the_account(client_of, ada, cohort, client):
    """Catches any broken step between making cards and somebody's joining by one."""
    desk = client_of(ada)
    for page in (f"/staff/cohorts/{cohort.pk}/", f"/staff/cohorts/{cohort.pk}/invite/"):
        assert f'href="/cards/for/{cohort.pk}/"' in desk.get(page).content.decode(), page
    form = desk.get(f"/cards/for/{cohort.pk}/").content.decode()
    identity = re.search(r'name="identity" value="([\w-]+)"', form)[1]
    printed = desk.post(f"/cards/for/{cohort.pk}/", {"identity": identity, "count": "60"})
    codes = CODE.findall(printed.content.decode())
    assert len(set(codes)) == 60 and printed.headers["Cache-Control"] == "no-store, private"
    typed = client.post(CARD, {"code": f" {codes[7].lower().replace(' ', '-')}\u00a0"})
    assert typed["Location"] == "/invitation/card/"
    assert "Ada invited you" in client.get(typed["Location"]).content.decode()
    named = client.post("/invitation/card/", {field: ANSWERS[field] for field in ("adult", "version")})
    assert named["Location"] == "/invitation/card/name/"
    asked = client.post(named["Location"], {field: ANSWERS[field] for field in ("name", "drawing")})
    assert asked["Location"] == "/invitation/card/sign-in/"
    chosen = client.post(asked["Location"], {"sign_in": "Quiet lamp"})
    assert chosen["Location"] == "/invitation/card/password/"
    assert card(8).state == "pending", "only an account uses it up"
    client.post(chosen["Location"], {"password": "the coat on the chair"})
    assert card(8).state == "joined" and card(8).member.email is None and card(8).member.sign_in_name == "Quiet lamp"


@pytest.mark.postgresql
def test_codes_are_shown_once_and_stored_nowhere(client_of, ada, cohort):
    """Loading the answer again, or going back to the form, would otherwise make another sheet that nobody knows of."""
    desk, identity = client_of(ada), str(uuid.uuid4())
    first = desk.post(f"/cards/for/{cohort.pk}/", {"identity": identity, "count": "2"}).content.decode()
    again = desk.post(f"/cards/for/{cohort.pk}/", {"identity": identity, "count": "2"}).content.decode()
    assert "were made already" in again and not CODE.search(again) and identity not in again
    assert Invitation.objects.count() == 2 and CardSheet.objects.get().pk == uuid.UUID(identity)
    sheet = desk.get(f"/cards/{identity}/").content.decode()
    assert "Card 1" in sheet and "Card 2" in sheet and not CODE.search(sheet)
    told = [str(list(model.objects.values())) for model in (Invitation, CardSheet, AuditEntry)]
    assert not [code for code in CODE.findall(first) if code.replace(" ", "") in "".join(told)]


@pytest.mark.parametrize("count", ["0", "61", "-1", "many", ""])
def test_a_sheet_has_so_many_cards_and_no_more(client_of, ada, cohort, count):
    page = client_of(ada).post(f"/cards/for/{cohort.pk}/", {"identity": str(uuid.uuid4()), "count": count})
    assert "field-error" in page.content.decode() and not CardSheet.objects.exists()


def test_codes_make_no_words_and_nobody_without_the_key_finds_them(codes, settings):
    """Vowels and look-alikes; and a stolen database, for which all codes could be tried within a minute."""
    assert len(ALPHABET) == 19 and not set(ALPHABET) & set("AEIOULS0123456789")
    assert all(re.fullmatch(f"[{ALPHABET}]{{8}}", code) for code in codes)
    assert cards.find_card(codes[0])
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another " * 8
    assert cards.find_card(codes[0]) is None
    settings.SECRET_KEY_FALLBACKS = [before]
    assert cards.find_card(codes[0]), "a key that was changed still counts as a former one"


def test_the_sheet_says_nothing_of_the_place(client_of, ada, cohort, settings):
    page = client_of(ada).post(f"/cards/for/{cohort.pk}/", {"identity": str(uuid.uuid4()), "count": "1"}).content.decode()
    assert re.search("<title>(.*?)</title>", page)[1] == "Cards"
    printed = re.sub(r"<svg.*?</svg>", "", page[page.index('<ul class="printed-cards"') : page.index("</main>")], flags=re.DOTALL)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", printed)).strip()
    day = (timezone.localtime() + limits.CARD_LIFETIME).strftime("%B %-d")
    host = settings.SITE_URL.partition("://")[2]
    assert re.fullmatch(rf"Go to {host}/card and type {CODE.pattern} Works once, until {day}\. No\. 1", words), words
    assert Client().get("/card").headers["Location"] == CARD, "what is typed from the card has no slash"
    assert " style=" not in page and "<style" not in page


def test_the_cohort_tells_how_many_cards_are_in_which_state(client_of, ada, cohort, codes):
    cards.make_sheet(actor=ada, cohort=cohort, count=4, identity=uuid.uuid4())
    first = Invitation.objects.exclude(sheet__pk=CardSheet.objects.latest("made_at").pk)
    first.filter(card_number=1).update(answered_at=timezone.now())
    first.filter(card_number=2).update(expires_at=timezone.now())
    desk = client_of(ada)
    desk.get("/today/")
    with CaptureQueriesContext(connection) as few:
        page = desk.get(f"/staff/cohorts/{cohort.pk}/").content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index('id="cards-title"') :]))
    assert "Waiting 5 Joined 1 Run out 1" in words and "Waiting 1 · Joined 1 · Run out 1" in words and "Waiting 4" in words
    for _ in range(3):
        cards.make_sheet(actor=ada, cohort=cohort, count=2, identity=uuid.uuid4())
    with CaptureQueriesContext(connection) as more:
        desk.get(f"/staff/cohorts/{cohort.pk}/")
    assert len(more) == len(few)


@pytest.mark.postgresql
def test_cards_are_taken_back_one_by_one_and_as_a_sheet(client_of, ada, cohort, codes, client):
    """And whoever has joined by one has joined."""
    desk, sheet = client_of(ada), CardSheet.objects.get()
    use(1)
    page = desk.post(f"/staff/invitations/{card(2).pk}/revoke/", follow=True)
    assert page.redirect_chain[-1][0] == f"/cards/{sheet.pk}/" and "The card is taken back." in page.content.decode()
    assert cards.find_card(codes[1]) is None and cards.find_card(codes[2])
    page = desk.post(f"/cards/{sheet.pk}/revoke/", follow=True).content.decode()
    assert "1 card is taken back." in page and cards.find_card(codes[2]) is None
    assert [card(number).state for number in (1, 2, 3)] == ["joined", "revoked", "revoked"]
    noted = set(AuditEntry.objects.values_list("verb", "actor", "target"))
    assert {
        ("members.make_cards", ada.pk, str(sheet.pk)), ("members.revoke", ada.pk, str(card(2).pk)),
        ("members.revoke_cards", ada.pk, str(sheet.pk)),
    } <= noted  # fmt: skip


def test_lists_of_addresses_hold_no_cards(client_of, ada, cohort, codes):
    """A row without an address, which "Send again" would write to."""
    invite(actor=ada, email="jo@x.org", cohort=cohort)
    desk = client_of(ada)
    for path, said in ((f"/staff/cohorts/{cohort.pk}/", "All 1"), ("/staff/people/?show=invited", "Invited 1")):
        page = desk.get(path).content.decode()
        assert "jo@x.org" in page and said in re.sub(r"\s+", " ", page) and 'row-title">None' not in page
    assert desk.post(f"/staff/invitations/{card(1).pk}/resend/").status_code == 404
    assert cohorts.resend_all(actor=ada, cohort=cohort).count == cohorts.revoke_all(actor=ada, cohort=cohort).count == 1
    assert Invitation.objects.open().count() == 3, "cards are taken back by sheets"


def test_a_sheet_is_forgotten_with_its_last_card(ada, codes):
    use(1)
    with time_machine.travel(timezone.now() + limits.CARD_LIFETIME + dt.timedelta(days=100)):
        retention.forget()
        assert CardSheet.objects.get() and Invitation.objects.get().card_number == 1
        Invitation.objects.all().delete()
        retention.forget()
    assert not CardSheet.objects.exists()


# ------------------------------------------------------------- guests


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_code_is_read_however_it_is_written(codes, client, spelled):
    assert client.post(CARD, {"code": spelled(codes[0])})["Location"] == "/invitation/card/"


@pytest.mark.parametrize("code", ["BCDF GHJ", "BCDFGHJKM", "ABCDEFGH", "1CDFGHJK", "ВСDFGHJK", "\0" * 8, "'; --", "%s%s%s%s", "ßßßß"])
def test_what_is_no_code_is_told_so_and_not_counted(codes, client, naps, code):
    for _ in range(12):
        page = client.post(CARD, {"code": code}).content.decode()
    assert "field-error" in page and NO_SUCH not in page and WAIT not in page
    assert client.post(CARD, {"code": codes[0]}).status_code == 302


def test_a_scan_fills_the_code_in_and_uses_nothing_up(codes, client):
    """A phone opens the address for a preview, too."""
    for ask in (client.get, client.head, client.get):
        page = ask(CARD, {"code": codes[0]})
        assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store, private"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert f'value="{card_codes.spaced(codes[0])}"' in page.content.decode() and not client.session.keys()
    assert f'action="{CARD}"' in page.content.decode(), "the address that the form is sent to has no code"
    assert client.get("/invitation/card/")["Location"] == CARD, "and no step opens"
    assert "<script>" not in client.get(CARD, {"code": "<script>alert(1)</script>"}).content.decode()
    assert 'value=""' not in client.get(CARD, {"code": "x"}).content.decode() and card(1).state == "pending"


@pytest.mark.postgresql
def test_a_code_that_no_longer_works_answers_like_one_that_never_was(codes, ada, client, naps):
    """Used, taken back and run out, with the same words, the same status and the same work."""
    use(1)
    Invitation.objects.filter(card_number=2).update(revoked_at=timezone.now())
    Invitation.objects.filter(card_number=3).update(expires_at=timezone.now())
    answers, work = set(), set()
    client.get(CARD)
    for code in ("BCDFGHJK", *codes):
        with CaptureQueriesContext(connection) as asked:
            page = Client().post(CARD, {"code": code})
        answers.add((page.status_code, forms_of(page)))
        work.add(tuple(re.sub(r"'[^']*'|[\d:.-]+", "?", query["sql"]) for query in asked))
    assert len(answers) == len(work) == 1 and NO_SUCH in page.content.decode()


def test_ten_wrong_codes_from_a_network_end_in_a_wait_that_tells_nothing(codes, naps):
    """A right code waits, too, or the wait would tell it from a wrong one; and one's own slips are nobody's elsewhere."""
    for _ in range(10):
        assert NO_SUCH in Client().post(CARD, {"code": "BCDFGHJK"}).content.decode()
    with CaptureQueriesContext(connection) as asked:
        answers = {forms_of(Client().post(CARD, {"code": code})) for code in ("BCDFGHJK", codes[0])}
    assert len(answers) == 1 and WAIT in answers.pop() and "members_invitation" not in str([query["sql"] for query in asked])
    assert Client(REMOTE_ADDR="203.0.113.9").post(CARD, {"code": codes[0]}).status_code == 302
    six = [Client(REMOTE_ADDR=f"2001:db8:0:1::{n}") for n in range(11)]
    assert [WAIT in each.post(CARD, {"code": "BCDFGHJK"}).content.decode() for each in six] == [False] * 10 + [True]
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1, seconds=1)):
        assert Client().post(CARD, {"code": codes[0]}).status_code == 302


def test_right_codes_are_not_counted(ada, cohort, naps):
    """A whole group joins from one Wi-Fi."""
    codes = cards.make_sheet(actor=ada, cohort=cohort, count=60, identity=uuid.uuid4())
    assert {Client().post(CARD, {"code": code}).status_code for code in [*codes, *codes]} == {302} and naps == []


def test_nor_while_they_are_looked_at(ada, cohort, naps, monkeypatch):
    """Beside nine slips, of several people of one table who press at once all but one were told of too many wrong codes."""
    left = cards.make_sheet(actor=ada, cohort=cohort, count=4, identity=uuid.uuid4())
    for _ in range(9):
        Client().post(CARD, {"code": "BCDFGHJK"})
    answers = []

    def meanwhile(code):
        if left:
            answers.append(Client().post(CARD, {"code": left.pop()}).status_code)
        return cards.find_card(code)

    monkeypatch.setattr(card_code_views, "find_card", meanwhile)
    answers.append(Client().post(CARD, {"code": left.pop()}).status_code)
    assert answers == [302] * 4
    assert [text in Client().post(CARD, {"code": "BCDFGHJK"}).content.decode() for text in (NO_SUCH, WAIT)] == [True, True]


def test_a_hundred_wrong_codes_slow_every_try_and_bar_none(codes, naps):
    for n in range(100):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(CARD, {"code": "BCDFGHJK"})
    assert naps == []
    others = [Client(REMOTE_ADDR=f"198.51.100.{n}") for n in range(3)]
    pages = [other.post(CARD, {"code": code}) for other, code in zip(others, ("BCDFGHJK", codes[0], codes[1]), strict=True)]
    assert [page.status_code for page in pages] == [200, 302, 302] and naps == [limits.CARD_TRY_DELAY.total_seconds()] * 3


def test_a_card_that_is_taken_back_on_the_way_leads_back_to_the_code(codes, client):
    """In the words of a wrong code; and somebody else's session, which typed none, is led there without a word."""
    client.post(CARD, {"code": codes[0]})
    assert client.get("/invitation/card/").status_code == 200
    Invitation.objects.update(revoked_at=timezone.now())
    for step in ("", "name/", "password/"):
        assert client.post(f"/invitation/card/{step}", ANSWERS)["Location"] == CARD
    assert NO_SUCH in client.get(CARD).content.decode()
    other = Client().get("/invitation/card/", follow=True)
    assert other.redirect_chain == [(CARD, 302)] and NO_SUCH not in other.content.decode()


def test_who_is_signed_in_keeps_their_session(codes, client_of, alice):
    """A member who tries a card for somebody else is told to sign out first, and stays signed in as long as before."""
    member = client_of(alice)
    session = member.session
    session.set_expiry(3600)
    session.save()
    page = member.post(CARD, {"code": codes[0]}, follow=True).content.decode()
    assert "You are signed in already" in page and not member.session.get_expire_at_browser_close()


def test_a_session_holds_no_code_and_ends_with_the_browser(codes, client):
    """Whoever reads the database reads no code there, and the next person at the device does not join in their place."""
    client.post(CARD, {"code": codes[0]})
    assert codes[0] not in str(dict(client.session)) and client.session.get_expire_at_browser_close()
