"""The first day of a real centre: an empty site, one command, the first admin."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from community.centre.models import Centre
from community.members.models import Invitation, User

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
    client.post(path, {"name": "Kim", "password": "a cup on the table", "adult": "on", "version": "1"})
    assert User.objects.get().roles == {"admin"} and User.objects.get().time_zone == "America/Chicago"


def test_a_second_try_before_the_admin_answers_kills_the_first_link(capsys, client):
    first = re.search(r"(/invitation/\S+)", setup(capsys))[1]
    second = re.search(r"(/invitation/\S+)", setup(capsys, admin_email="other@example.org"))[1]
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert Invitation.objects.open().get().email == "other@example.org"


def test_a_centre_without_a_line_says_so(capsys):
    setup(capsys, line_number=None, line_name=None, line_hours=None)
    assert Centre.objects.get().no_line and Centre.objects.get().has_lines


def test_questions_are_asked_and_the_lines_are_left_out_where_there_is_none(monkeypatch, capsys):
    answers = iter(["Quiet House", "US", "Europe/Berlin", "", "first@example.org"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    call_command("setup")
    assert Centre.objects.get().time_zone == "Europe/Berlin" and not list(answers)


@pytest.mark.parametrize(
    "wrong, says",
    [({"admin_email": "nonsense"}, "name@example.org"), ({"admin_email": None}, "--admin-email"), ({"country": "XX"}, "country"),
     ({"time_zone": "Mars/North"}, "time_zone"), ({"line_number": "ring me"}, "telephone")],
)  # fmt: skip
def test_a_wrong_answer_changes_nothing(capsys, wrong, says):
    with pytest.raises(CommandError, match=says):
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


def test_a_test_letter_says_what_the_server_said(capsys, settings, alice):
    """Also on a site that is long set up; without a server it must not look sent."""
    with pytest.raises(CommandError, match="No mail server is set"):
        call_command("setup", test_mail="x@example.org")
    settings.MAIL_SERVER = True
    call_command("setup", test_mail="x@example.org")
    assert "took a test letter" in capsys.readouterr().out and mail.outbox[0].subject == "A test letter"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    with pytest.raises(CommandError, match="did not take the letter"):
        call_command("setup", test_mail="x@example.org")
