"""`manage.py setup`: the first day of a real centre, on an empty site."""

import os
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.centre.helplines import COUNTRIES
from community.centre.models import Centre, OwnLine
from community.centre.zones import zone_choices, zone_named
from community.kit import mail, task_queue
from community.kit.errors import Refused
from community.kit.ids import new_id
from community.kit.models import QueuedEmail
from community.kit.ops.postgresql import log
from community.kit.text.addresses import canonical
from community.management.database import prepare_database
from community.members.invitations.actions import invite, link_of, revoke
from community.members.models import Invitation, User
from community.members.roles import Role

COUNTRY_CODES = ", ".join(f"{code} ({country.name})" for code, country in COUNTRIES.items())
STOPPED = "Stopped. Nothing was saved: run it again when you are ready."


def a_name(text: str) -> str:
    if not text:
        raise ValidationError("Write the name that the site goes by.")
    return fits("name")(text)


def a_country(text: str) -> str:
    if text.upper() not in COUNTRIES:
        raise ValidationError(f"Write one of these codes: {COUNTRY_CODES}.")
    return text.upper()


def a_time_zone(text: str) -> str:
    zones = {name.lower(): name for name, _label in zone_choices()}
    typed = text.lower().replace(" ", "_")
    if typed in zones:
        return zones[typed]
    alike = [name for lower, name in zones.items() if typed and typed in lower][:5]
    hint = f"Do you mean {' or '.join(alike)}?" if alike else "Write it like America/Chicago."
    raise ValidationError(f"There is no time zone by that name. {hint}")


def fits(field: str, of: type[Any] = Centre) -> Callable[[str], str]:
    """Return a check for what a field of the centre, or of its own line, takes; it may be empty."""

    def check(text: str) -> str:
        of._meta.get_field(field).run_validators(text)
        return text

    return check


def an_address(text: str) -> str:
    try:
        return canonical(text)
    except Refused as refusal:
        raise ValidationError(refusal.sentence) from None


def an_address_or_none(text: str) -> str:
    return an_address(text) if text else ""


@dataclass(frozen=True)
class Question:
    """What is asked. `check` returns the answer as it is kept, or raises ValidationError with one plain sentence."""

    option: str
    text: str
    check: Callable[[str], str]


QUESTIONS = (
    Question("name", "The center's name (it must say nothing about recovery)", a_name),
    Question("country", f"Country: {COUNTRY_CODES}", a_country),
    Question("time_zone", "Time zone, for example America/Chicago", a_time_zone),
    Question("line_number", "Phone number of your own line (empty: you have none)", fits("number", OwnLine)),
    Question("line_name", "Name of that line (empty: the center's name)", fits("name", OwnLine)),
    Question("line_hours", "When somebody answers it, for example: day and night", fits("hours", OwnLine)),
    Question("admin_email", "E-mail address of the first admin", an_address),
)
TEST_EMAIL = Question("test_mail", "Send a test e-mail too? Type an address for it (empty: none)", an_address_or_none)


def left_out(question: Question, answers: dict[str, str], no_line: bool) -> bool:
    """True where the question is about a line that the centre does not have."""
    return question.option.startswith("line_") and (no_line or answers.get("line_number") == "")


class Command(BaseCommand):
    help = "Set up an empty site: the center, its help lines and its first admin. With --test-mail, only send a test e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        for question in QUESTIONS:
            parser.add_argument("--" + question.option.replace("_", "-"), help=question.text)
        parser.add_argument("--no-line", action="store_true", help="the center has no line of its own")
        parser.add_argument("--no-input", action="store_true", help="ask nothing: use the options alone")
        parser.add_argument("--test-mail", metavar="ADDRESS", help="send a test e-mail and say whether the mail server took it")

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_database(self.stdout.write)
        if options["test_mail"]:
            self.stdout.write(test_mail(options["test_mail"]))
            return
        refuse_unless_empty()
        if open_invitations().exists():
            self.stdout.write("This site was set up before, and nobody has joined yet. When you are done, the earlier link stops working.")
        try:
            answers = self.given(options) if options["no_input"] else self.asked(options)
        except (EOFError, KeyboardInterrupt):
            self.stdout.write("")
            raise CommandError(STOPPED) from None
        self.report(*set_up(answers))
        if wanted := log.missing():
            self.stdout.write(
                "\nPostgreSQL would write what members wrote into its log. Have its superuser run this, before anybody joins:\n"
            )
            self.stdout.write("\n".join(f"  {one}" for one in wanted) + "\n")
        if settings.MAIL_SERVER and not options["no_input"]:
            self.offer_test_email()
        self.stdout.write("Next: start the site with manage.py serve, open the link and join.")

    def given(self, options: dict[str, Any]) -> dict[str, str]:
        """The answers that the options hold; all that is wrong with them is said at once."""
        answers: dict[str, str] = {}
        wrong = []
        for question in QUESTIONS:
            typed = "" if left_out(question, answers, options["no_line"]) else options[question.option] or ""
            try:
                answers[question.option] = question.check(typed.strip())
            except ValidationError as error:
                wrong.append(f"--{question.option.replace('_', '-')}: {' '.join(error.messages)}")
        if wrong:
            raise CommandError("\n".join(wrong))
        return answers

    def asked(self, options: dict[str, Any]) -> dict[str, str]:
        """The same, asking for what the options leave open."""
        self.stdout.write("Nothing is saved before the last question is answered.")
        answers: dict[str, str] = {}
        for question in QUESTIONS:
            nothing = left_out(question, answers, options["no_line"])
            answers[question.option] = "" if nothing else self.ask(question, options[question.option])
        return answers

    def ask(self, question: Question, given: str | None = None) -> str:
        """Ask until the answer will do."""
        while True:
            answer = input(f"{question.text}: ") if given is None else given
            try:
                return question.check(answer.strip())
            except ValidationError as error:
                self.stdout.write("  " + " ".join(error.messages))
                given = None

    def report(self, site: Centre, invitation: Invitation, key: str) -> None:
        until = invitation.expires_at.astimezone(zone_named(site.time_zone)).strftime("%d %B %Y, %H:%M %Z")
        self.stdout.write(f"\n{site.name} is set up. The first admin joins here, until {until}:\n\n  {link_of(key)}\n")
        if not os.environ.get("MAINSTAY_URL", "").strip():
            self.stdout.write(f"The link leads to port {settings.PORT}. To serve at another one, set PORT before each command.\n")
        if not settings.MAIL_SERVER:
            self.stdout.write("No mail server is set, so hand this link over yourself, and set EMAIL_URL before you invite others.")
            return
        task_queue.run_waiting()
        left = QueuedEmail.objects.filter(about=str(invitation.pk), state=QueuedEmail.State.SENT).exists()
        on_its_way = f"The same link is on its way to {invitation.email}."
        self.stdout.write(on_its_way if left else "The mail server did not take the e-mail: use the link above.")

    def offer_test_email(self) -> None:
        """All is saved by now, so neither Ctrl+C nor the mail server's no is an error."""
        try:
            if address := self.ask(TEST_EMAIL):
                self.stdout.write(test_mail(address))
        except (EOFError, KeyboardInterrupt):
            self.stdout.write("")
        except CommandError as error:
            self.stdout.write(str(error))


def set_up(answers: dict[str, str]) -> tuple[Centre, Invitation, str]:
    """Save the centre and invite its first admin, both or neither; an earlier invitation is taken back."""
    site = Centre.objects.first() or Centre()
    for field in ("name", "country", "time_zone"):
        setattr(site, field, answers[field])
    site.no_line = not answers["line_number"]
    with transaction.atomic():
        site.lines.set([] if site.no_line else [own_line(answers)])
        site.save()
        for earlier in open_invitations():
            revoke(actor=None, invitation=earlier)
        invitation, key = invite(actor=None, email=answers["admin_email"], role=Role.ADMIN)
    return site, invitation, key


def open_invitations() -> QuerySet[Invitation]:
    """Those of an earlier setup, or of a rescue."""
    return Invitation.objects.filter(answered_at=None, revoked_at=None)


def own_line(answers: dict[str, str]) -> OwnLine:
    """The line that was given; who names a number here has it before them."""
    number, name, hours = (answers[option] for option in ("line_number", "line_name", "line_hours"))
    return OwnLine(number=number, name=name, hours=hours, checked=timezone.localdate())


def refuse_unless_empty() -> None:
    """Raise CommandError where this site belongs to somebody already."""
    if Centre.objects.filter(is_demo=True).exists():
        raise CommandError("This is the demo: set MAINSTAY_DATA or DATABASE_URL to an empty place, then run this again.")
    if User.objects.exists():
        raise CommandError("People are here already: change the center under /cms/ and invite others under /staff/people/.")


def test_mail(address: str) -> str:
    """Send a test e-mail at once and return, in one sentence, whether the mail server took it."""
    if not settings.MAIL_SERVER:
        raise CommandError("No mail server is set: put its address into EMAIL_URL.")
    try:
        address = canonical(address)
        site = Centre.objects.first() or Centre()
        email = mail.compose("test", {"to": address, "sender": site.name, "context": {}}, new_id())
        email.connection = get_connection()
        email.send()
    except Refused as refusal:
        raise CommandError(refusal.sentence) from None
    except (OSError, smtplib.SMTPException) as error:
        raise CommandError(f"The mail server did not take the e-mail: {error}") from None
    return f"The mail server took a test e-mail for {address}."
