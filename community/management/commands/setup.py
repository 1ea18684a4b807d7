"""`manage.py setup`: the first day of a real centre, on an empty site."""

import smtplib
import zoneinfo
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from community.centre.lines import COUNTRIES
from community.centre.models import Centre, OwnLine
from community.kit import mail, tasks
from community.kit.errors import Refused
from community.kit.ids import new_id
from community.kit.models import Letter
from community.members import actions
from community.members.models import Invitation, User
from community.members.roles import Role

QUESTIONS = (
    ("name", "The centre's name (it must say nothing about recovery)"),
    ("country", f"Country, as two letters ({', '.join(COUNTRIES)})"),
    ("time_zone", "Time zone, for example America/Chicago"),
    ("line_number", "Telephone number of your own line (empty: you have none)"),
    ("line_name", "Name of that line"),
    ("line_hours", "When somebody answers it"),
    ("admin_email", "E-mail address of the first admin"),
)

WORDS = {"number": "line_number"}  # what an answer is called here, where its field has another name


class Command(BaseCommand):
    help = "Set up an empty site: the centre, its help lines and its first admin. With --test-mail, only send a test letter."

    def add_arguments(self, parser: CommandParser) -> None:
        for option, question in QUESTIONS:
            parser.add_argument("--" + option.replace("_", "-"), help=question)
        parser.add_argument("--no-line", action="store_true", help="the centre has no line of its own")
        parser.add_argument("--no-input", action="store_true", help="ask nothing: take the options alone")
        parser.add_argument("--test-mail", metavar="ADDRESS", help="send a test letter and say whether the mail server took it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["test_mail"]:
            self.stdout.write(test_mail(options["test_mail"]))
            return
        refuse_unless_empty()
        answers = {option: options[option] for option, _question in QUESTIONS}
        if not options["no_input"]:
            self.ask(answers, no_line=options["no_line"])
        if not answers["admin_email"]:
            raise CommandError("Say who is the first admin: --admin-email ADDRESS.")
        self.set_up(answers, no_line=options["no_line"])

    def ask(self, answers: dict[str, str | None], *, no_line: bool) -> None:
        """Ask for what the options did not give; an empty answer leaves the field as it is."""
        for option, question in QUESTIONS:
            about_line = option.startswith("line_")
            no_number = option != "line_number" and not answers["line_number"]
            if answers[option] is None and not (about_line and (no_line or no_number)):
                answers[option] = input(f"{question}: ").strip()

    def set_up(self, answers: dict[str, str | None], *, no_line: bool) -> None:
        site = Centre.objects.first() or Centre()
        for field in ("name", "country", "time_zone"):
            if answers[field]:
                setattr(site, field, answers[field])
        site.country = site.country.upper()
        line = own_line(answers)
        site.no_line = no_line or not line.number
        try:
            site.full_clean()
            if not site.no_line:
                line.full_clean(exclude=["centre"])
            with transaction.atomic():
                site.lines.set([] if site.no_line else [line])
                site.save()
                for earlier in Invitation.objects.filter(answered_at=None, revoked_at=None):
                    actions.revoke(actor=None, invitation=earlier)
                invitation, key = actions.invite(actor=None, email=str(answers["admin_email"]), role=Role.ADMIN)
        except ValidationError as error:
            told = [f"{WORDS.get(field, field)}: {' '.join(sentences)}" for field, sentences in error.message_dict.items()]
            raise CommandError(" ".join(told)) from None
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        self.report(site, invitation, key)

    def report(self, site: Centre, invitation: Invitation, key: str) -> None:
        until = invitation.expires_at.astimezone(zoneinfo.ZoneInfo(site.time_zone)).strftime("%d %B %Y, %H:%M %Z")
        self.stdout.write(f"{site.name} is set up. The first admin joins here, until {until}:\n\n  {actions.link_of(key)}\n")
        if not site.has_lines:
            self.stdout.write("Help lines are not complete: run this again with --country before the site is public.")
        if settings.MAIL_SERVER:
            tasks.run_waiting()
            left = Letter.objects.filter(about=str(invitation.pk), state=Letter.State.SENT).exists()
            on_its_way = f"The same link is on its way to {invitation.email}."
            self.stdout.write(on_its_way if left else "The mail server did not take the letter: use the link above.")


def own_line(answers: dict[str, str | None]) -> OwnLine:
    """The line that was given; who names a number here has it before them."""
    number, name, hours = (answers[field] or "" for field in ("line_number", "line_name", "line_hours"))
    return OwnLine(number=number, name=name, hours=hours, checked=timezone.localdate())


def refuse_unless_empty() -> None:
    """Raise CommandError where this site belongs to somebody already."""
    if Centre.objects.filter(is_demo=True).exists():
        raise CommandError("This is the demo: set MAINSTAY_DATA or DATABASE_URL to an empty place, then run this again.")
    if User.objects.exists():
        raise CommandError("People are here already: change the centre under /cms/ and invite others under /staff/people/.")


def test_mail(address: str) -> str:
    """Send a test letter at once and return, in one sentence, whether the mail server took it."""
    if not settings.MAIL_SERVER:
        raise CommandError("No mail server is set: put its address into EMAIL_URL.")
    try:
        mail.check_address(address)
        site = Centre.objects.first() or Centre()
        letter = mail.compose("test", {"to": address, "sender": site.name, "context": {}}, new_id())
        letter.connection = get_connection()
        letter.send()
    except Refused as refusal:
        raise CommandError(refusal.sentence) from None
    except (OSError, smtplib.SMTPException) as error:
        raise CommandError(f"The mail server did not take the letter: {error}") from None
    return f"The mail server took a test letter for {address}."
