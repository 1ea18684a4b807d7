"""The demo world: made once, in one transaction, and never beside real people."""

from dataclasses import dataclass

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse

from community.centre.models import Centre, OwnLine
from community.centre.zones import zone_named
from community.kit.ids import new_id
from community.members.models import User
from community.notifications.announcements.actions import announce
from community.notifications.announcements.audiences import EVERYBODY

from . import codes, data
from .cohort import make_cohort
from .conversations import make_groups
from .library import make_articles
from .people import make_people
from .reports import make_reports


@dataclass(frozen=True)
class SignIn:
    role: str
    name: str
    login: str
    password: str


def make() -> str:
    """Make the demo world where there is none yet and return its sign-ins as text; what is there already stays as it is.

    Raises CommandError, with one sentence, where the database holds anybody or any centre that is not of the demo.
    """
    refuse_real()
    with transaction.atomic():
        if not is_there():
            _build()
        codes.make_apps()  # also for a demo from before there were any
    return words()


def is_there() -> bool:
    """True where the demo world has been made."""
    return Centre.objects.filter(is_demo=True).exists()


def refuse_real() -> None:
    """Raise CommandError where this database is somebody's own."""
    elsewhere = "For the demo, set MAINSTAY_DATA or DATABASE_URL to an empty place."
    if User.objects.filter(is_demo=False).exists():
        raise CommandError(f"Real people are in this database, so the demo does not touch it. {elsewhere}")
    if Centre.objects.filter(is_demo=False).exists():
        raise CommandError(f"This site is set up for a real center, so the demo does not touch it. {elsewhere}")


def signins() -> list[SignIn]:
    """Return who can sign in, one person a role. A demo from an earlier release has not everybody."""
    here = {person.name: person.signs_in_as for person in User.objects.filter(is_demo=True)}
    entries = [entry for entry in data.people().values() if "sign_in" in entry and entry["name"] in here]
    return [SignIn(entry["sign_in"], entry["name"], here[entry["name"]], data.password()) for entry in entries]


def words() -> str:
    """Return what the demo says of itself: that it is one, where to sign in, and as whom."""
    people, codes_now = signins(), {code.login: code.digits for code in codes.current()}
    rows = [(person.role, person.name, person.login, person.password, codes_now.get(person.login, "")) for person in people]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "   ".join(field.ljust(width) for field, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    fresh = settings.SITE_URL + reverse("demo_codes")
    foot = f"Staff need a second step: the code at the end of their line, which works once. Fresh ones, and cards to join by: {fresh}"
    head = f"This is a demo. All people in it are made up. Sign in at {settings.SITE_URL}{reverse('account_login')} as:"
    return "\n".join(["", head, "", *lines, "", foot, ""])


def _build() -> None:
    entry = dict(data.read("centre"))
    lines = [OwnLine(**line) for line in entry.pop("lines")]
    centre = Centre(is_demo=True, **entry)
    centre.lines.set(lines)
    centre.full_clean()
    centre.save()
    people = make_people(centre)
    entries = data.groups()
    conversations = make_groups(entries, people, people["ingrid"], zone_named(centre.time_zone))
    make_reports(entries, conversations)
    groups = {key: conversation.group for key, conversation in conversations.items()}
    make_cohort(data.read("cohort"), people, groups, people["ingrid"])
    make_articles(data.read_all("library"), groups, people["elise"])
    announce(actor=people["elise"], identity=new_id(), audience=EVERYBODY.key, **data.read("announcement"))
