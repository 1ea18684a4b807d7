"""The first day of a real centre: an empty site, one command, the first admin."""

import re
import shutil
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError

from community.centre.models import Centre
from community.health import OLD
from community.management import database
from community.members.models import Invitation, User
from tests import forks
from tests.databases import clean_environment, sqlite_template
from tests.joining import join

OPTIONS = {
    "name": "Quiet House", "country": "us", "time_zone": "America/Chicago", "line_number": "+1 312 555 0100",
    "line_name": "Our line", "line_hours": "day and night", "admin_email": "first@example.org",
}  # fmt: skip

pytestmark = pytest.mark.django_db


def setup(capsys, **options):
    call_command("setup", no_input=True, **OPTIONS | options)
    return capsys.readouterr().out


def test_an_empty_site_gets_its_centre_and_its_first_admin(capsys, client):
    told = setup(capsys)
    ours = Centre.objects.get()
    assert (ours.name, ours.country, ours.time_zone) == ("Quiet House", "US", "America/Chicago")
    [line] = ours.own_lines
    assert (line.number, line.name, line.hours, line.is_stale) == ("+1 312 555 0100", "Our line", "day and night", False)
    assert ours.has_lines and not ours.is_demo
    path = re.search(r"http://localhost:\d+(/invitation/\S+)", told)[1]
    assert "You are invited to Quiet House." in client.get(path).content.decode()
    join(client, path, name="Kim")
    assert User.objects.get().roles == {"admin"} and User.objects.get().time_zone == "America/Chicago"


def test_a_second_try_before_the_admin_answers_kills_the_first_link(capsys, client):
    """Silently: whoever was sent the first link finds it dead, and whoever ran the command again does not know why."""
    told = setup(capsys)
    first = re.search(r"(/invitation/\S+)", told)[1]
    again = setup(capsys, admin_email="other@example.org")
    second = re.search(r"(/invitation/\S+)", again)[1]
    assert "stops working" in again and "stops working" not in told
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert Invitation.objects.open().get().email == "other@example.org"


@pytest.mark.parametrize("number", ["12", "1-2", "+1", "1" * 16, "12 --", "()", "911 ext 4"])
def test_what_nobody_can_ring_is_no_number(capsys, number):
    """Help now with a number of two digits, for somebody in need."""
    with pytest.raises(CommandError, match="--line-number: Write a phone number: 3 to 15 digits"):
        setup(capsys, line_number=number)


@pytest.mark.parametrize("number", ["988", "741741", "(312) 555-0100", "+49 89 5550 100", "1-800-555-0100", "+1 (312) 555 0100"])
def test_what_people_ring_is_a_number(capsys, number):
    setup(capsys, line_number=number)
    assert Centre.objects.get().own_lines[0].number == number


def test_a_centre_without_a_line_says_so(capsys):
    setup(capsys, line_number=None, line_name=None, line_hours=None)
    assert Centre.objects.get().no_line and Centre.objects.get().has_lines


@pytest.fixture
def typed(monkeypatch):
    """Answers at the keyboard, in turn; an exception is what a key or the end of the input raises. `asked` are the questions so far."""

    class Keyboard:
        def answers(self, *lines):
            self.asked, self.left = [], iter(lines)

        def __call__(self, question):
            self.asked.append(question)
            answer = next(self.left, EOFError)
            if isinstance(answer, str):
                return answer
            raise answer

    keyboard = Keyboard()
    monkeypatch.setattr("builtins.input", keyboard)
    return keyboard


def test_questions_are_asked_and_the_lines_are_left_out_where_there_is_none(typed, capsys):
    typed.answers("Quiet House", "US", "Europe/Berlin", "", "first@example.org")
    call_command("setup")
    assert Centre.objects.get().time_zone == "Europe/Berlin" and Centre.objects.get().no_line and len(typed.asked) == 5
    assert "US (United States)" in typed.asked[1]
    assert capsys.readouterr().out.endswith("Next: start the site with manage.py serve, open the link and join.\n")


def test_each_answer_is_checked_at_once_and_asked_for_again(typed, capsys):
    """Said after the last question, a slip in the first one would cost all seven."""
    typed.answers(
        "", "x" * 61, "Recovery House", "Quiet House", "Atlantis", "us", "Chicago", "america/chicago", "ring me", "+1 312 555 0100", "", "",
        "first", "first@example.org",
    )  # fmt: skip
    call_command("setup")
    told = capsys.readouterr().out
    for sentence in (
        "Write the name that the site goes by.", "At most 60 can be kept.", "“recover” tells anyone who sees",
        "Write one of these codes: US (United States).",
        "There is no time zone by that name. Do you mean America/Chicago?", "Write a phone number", "like name@example.org",
    ):  # fmt: skip
        assert told.count(sentence) == 1, sentence
    ours = Centre.objects.get()
    assert (ours.name, ours.country, ours.time_zone) == ("Quiet House", "US", "America/Chicago")


def test_an_option_that_will_not_do_is_asked_for(typed):
    typed.answers("America/Chicago", "", "first@example.org")
    call_command("setup", name="Quiet House", country="US", time_zone="Mars/North")
    assert Centre.objects.get().time_zone == "America/Chicago"


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
@pytest.mark.parametrize("answers", [(), ("Quiet House", "US", "Europe/Berlin", "")])
def test_to_stop_half_way_saves_nothing_and_takes_one_sentence(typed, end, answers):
    """A traceback, or a centre with a name and no admin."""
    typed.answers(*answers, end)
    with pytest.raises(CommandError, match=r"^Stopped\. Nothing was saved"):
        call_command("setup")
    assert not Centre.objects.exclude(name="Mainstay").exists() and not Invitation.objects.exists()


def test_the_second_of_two_runs_says_what_holds(typed):
    """A line that was given in the first and left out in the second must not stay on Help now."""
    call_command("setup", no_input=True, **OPTIONS)
    typed.answers("Quiet House", "US", "Europe/Berlin", "", "first@example.org")
    call_command("setup")
    assert Centre.objects.get().no_line and not Centre.objects.get().own_lines


@pytest.mark.parametrize(
    "wrong, says",
    [({"admin_email": "nonsense"}, "--admin-email: Write an e-mail address like name@example.org."),
     ({"admin_email": None}, "--admin-email: Write an e-mail"), ({"name": " "}, "--name: Write the name"),
     ({"country": "XX"}, "--country: Write one of these codes: US"), ({"country": None}, "--country: Write one of these codes: US"),
     ({"time_zone": "Mars/North"}, "--time-zone: There is no time zone by that name."), ({"line_number": "ring me"}, "phone number")],
)  # fmt: skip
def test_a_wrong_answer_changes_nothing(capsys, wrong, says):
    """The sentences of the questions, with the option that they are about."""
    with pytest.raises(CommandError, match=re.escape(says)):
        setup(capsys, **wrong)
    assert not Invitation.objects.exists() and not Centre.objects.exclude(name="Mainstay").exists()


def test_a_site_with_people_is_left_alone(capsys, alice):
    with pytest.raises(CommandError, match="People are here already"):
        setup(capsys)
    assert not Invitation.objects.exists()


def test_the_demo_is_left_alone(capsys):
    Centre(is_demo=True).save()
    with pytest.raises(CommandError, match="This is the demo"):
        setup(capsys)


def test_the_link_is_mailed_where_there_is_a_mail_server(capsys, settings):
    settings.MAIL_SERVER = True
    assert "on its way to first@example.org" in setup(capsys)
    assert mail.outbox[0].to == ["first@example.org"]


def test_a_test_letter_is_offered_where_there_is_a_mail_server(typed, capsys, settings):
    """Whether letters arrive is better known before the first member is invited."""
    settings.MAIL_SERVER = True
    typed.answers("Quiet House", "US", "Europe/Berlin", "", "first@example.org", "nonsense", "me@example.org")
    call_command("setup")
    told = capsys.readouterr().out
    assert "took a test e-mail for me@example.org" in told and mail.outbox[1].subject == "A test e-mail"
    assert told.endswith("Next: start the site with manage.py serve, open the link and join.\n")


@pytest.mark.parametrize("answer", ["", EOFError, KeyboardInterrupt])
def test_a_test_letter_can_be_left_out(typed, capsys, settings, answer):
    """All is saved by then: the way out must not look like a failure."""
    settings.MAIL_SERVER = True
    typed.answers("Quiet House", "US", "Europe/Berlin", "", "first@example.org", answer)
    call_command("setup")
    assert "Next: start the site" in capsys.readouterr().out and len(mail.outbox) == 1


def test_a_mail_server_that_says_no_is_told_of_and_the_rest_stands(typed, capsys, settings):
    settings.MAIL_SERVER = True
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    typed.answers("Quiet House", "US", "Europe/Berlin", "", "first@example.org", "me@example.org")
    call_command("setup")
    told = capsys.readouterr().out
    assert "did not take the e-mail" in told and "Next: start the site" in told and Invitation.objects.open().exists()


def test_without_a_mail_server_the_link_is_to_be_handed_over(capsys):
    told = setup(capsys)
    assert "No mail server is set, so hand this link over yourself" in told and "test e-mail" not in told


def test_a_test_letter_says_what_the_server_said(capsys, settings, alice):
    """Also on a site that is long set up; without a server it must not look sent."""
    with pytest.raises(CommandError, match="No mail server is set"):
        call_command("setup", test_mail="x@example.org")
    settings.MAIL_SERVER = True
    call_command("setup", test_mail="x@example.org")
    assert "took a test e-mail" in capsys.readouterr().out and mail.outbox[0].subject == "A test e-mail"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    with pytest.raises(CommandError, match="did not take the e-mail"):
        call_command("setup", test_mail="x@example.org")


# ------------------------------------------------------------------- on a machine of its own


def run(tmp_path, *command, typed=""):
    """`manage.py` as a centre runs it."""
    return forks.run(["manage.py", *command], clean_environment() | {"MAINSTAY_DATA": str(tmp_path)}, typed=typed)


def test_the_first_command_on_a_new_machine_needs_no_other_before_it(tmp_path):
    """Catches a traceback about what is not there yet, where somebody ran setup before migrate."""
    shutil.copy(sqlite_template(), tmp_path / "db.sqlite3")
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as kept:  # as if one were missing: all would take long
        kept.execute("DELETE FROM django_migrations WHERE app = 'kit' AND name >= '0009'")
        kept.execute("DROP TABLE kit_generation")
    stopped = run(tmp_path, "setup", typed="Quiet House\n")
    assert (stopped.returncode, stopped.stderr.strip()) == (1, "CommandError: Stopped. Nothing was saved: run it again when you are ready.")
    assert "Preparing the database" in stopped.stdout
    done = run(tmp_path, "setup", typed="Quiet House\nUS\nEurope/Berlin\n\nfirst@example.org\n")
    assert done.returncode == 0 and "Quiet House is set up." in done.stdout and "Preparing" not in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("state", "says"), [(OperationalError("no route"), "cannot be reached. Check DATABASE_URL"), (OLD, "run manage.py migrate first")]
)
def test_a_database_server_that_is_away_or_not_migrated_is_one_sentence(monkeypatch, state, says):
    """It is shared with others, perhaps: nobody migrates it by the way."""

    def schema_trouble():
        if isinstance(state, Exception):
            raise state
        return state

    monkeypatch.setattr(database, "schema_trouble", schema_trouble)
    monkeypatch.setattr(database, "connection", SimpleNamespace(vendor="postgresql"))
    with pytest.raises(CommandError, match=says):
        call_command("setup", no_input=True, **OPTIONS)
