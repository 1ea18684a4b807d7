"""A notification's e-mail as a mail server gets it from the worker: its end by one request, and that it is in nobody's way."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests import forks
from tests.delivery.stage import UNHURRIED, Backstage
from tests.notifications.mail_server import MailServer, mail_server
from tests.notifications.push_service import PushService, running
from tests.sites import Site

pytestmark = [pytest.mark.usefixtures("sites"), pytest.mark.timeout(120)]

# The command as it is, but for the minutes in which somebody could read it in the site.
_WORKER = """
import datetime as dt
import django
django.setup()
from django.core.management import call_command
from community.kit import limits, mail
limits.PUSH_DELAY = limits.EMAIL_DELAY = mail.PAUSES[0] = dt.timedelta(0)
call_command("worker")
"""
_REACHED = """
from community.notifications.models import Preferences
chosen = {"email": "each", "is_quiet": False, "kinds_off": ["messages"]}
result = [Preferences.objects.create(member=person(name), **chosen).unsubscribe_key for name in names]
"""
_SAY = "chat.send(member=person('alice'), channel=uuid.UUID(channel), client_id=uuid.uuid4(), body='Are you still there, ' + mentions)"
_CHOSEN = "from community.notifications.models import Preferences; result = Preferences.objects.get(member=person(name)).email"
_AGAIN = """
from community.kit import tasks
from community.kit.models import QueuedEmail
end = time.monotonic() + 20
while not QueuedEmail.objects.filter(about=str(person(name).pk), state="waiting", tries=1).exists():
    assert time.monotonic() < end
    time.sleep(0.01)  # no database tells that it has changed
tasks.send_again()
"""
_SUBSCRIBE = """
from community.notifications.push import actions, keys
from tests.cast import fresh_session
told = given | {"key": keys.current().public}
actions.register(member=person(name), session_key=fresh_session(person(name)), words="Firefox", given=told)
"""


class House:
    """A site with a mail server and a push service, whose pages are served and whose work a worker does."""

    def __init__(self, site: Site, back: Backstage, post: MailServer, pushes: PushService) -> None:
        self.site, self.back, self.post, self.pushes = site, back, post, pushes

    def people(self, count: int) -> tuple[list[str], list[str]]:
        """Make members who want an e-mail each time; return their names, and the keys that end these."""
        names = self.back.make_people(count)
        _group, self.channel = self.back.make_group("alice", *names)
        return names, self.back.run(_REACHED, names=names)

    def mention(self, *names: str) -> None:
        self.back.run(_SAY, channel=self.channel, mentions=" ".join(f"@{name}" for name in names))


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with ExitStack() as stack:
        post, pushes = stack.enter_context(mail_server()), stack.enter_context(running())
        told = {"EMAIL_URL": post.url, "MAINSTAY_PUSH_HOSTS": pushes.url, "MAINSTAY_MAIL_FROM": "post@example.org"}
        site = Site("sqlite", **told, **UNHURRIED)
        site.command = ["manage.py", "serve", "--without-work"]
        stack.enter_context(site)
        back = Backstage(site)
        stack.callback(back.close)
        yield House(site, back, post, pushes)


@pytest.fixture
def work(house: House) -> Iterator[Callable[..., None]]:
    """A function that starts the worker, under the address that the site has."""
    with ExitStack() as stack:

        def start(url: str = "") -> None:
            with (house.site.folder / "log-0").open("ab") as log:
                environment = house.site.environment | {"MAINSTAY_URL": url or house.site.url()}
                child = forks.start(["-c", _WORKER], environment, stdout=log, stderr=log)
            stack.callback(child.wait, 20)
            stack.callback(child.kill)

        yield start


LONG = "https://" + "a-long-name-of-a-host." * 10 + "example.org"


@pytest.mark.parametrize(
    ("url", "origin"), [(LONG, LONG), ("https://Bücher.example:8443", "https://xn--bcher-kva.example:8443")], ids=["long", "not ASCII"]
)
def test_a_mail_server_gets_one_that_any_reader_reads_and_that_says_nothing(house: House, work: Any, url: str, origin: str) -> None:
    """A header that is folded or encoded so that a mail service finds no address in it; a retry that shows as a second e-mail."""
    (name,), (key,) = house.people(1)
    house.post.answers[f"{name}@example.org"] = "451 Please try again later"
    work(url)
    house.mention(name)
    house.post.wait_for(f"{name}@example.org")
    house.back.run(_AGAIN, name=name)
    first, second = house.post.wait_for(f"{name}@example.org", 2)
    assert first.read.headers["Message-ID"] == second.read.headers["Message-ID"]
    for each in (first, second):
        read, (headers, _blank, _body) = each.read, each.raw.partition(b"\r\n\r\n")
        assert headers.isascii() and max(map(len, each.raw.split(b"\r\n"))) <= 998
        assert not read.warnings and not read.attachments and not read.text_html
        assert read.headers["List-Unsubscribe"] == [f"<{origin}/u/{key}/>"]
        assert f"List-Unsubscribe: <{origin}/u/{key}/>\r\n".encode() in each.raw, "a simple reader looks behind the colon"
        assert read.headers["List-Unsubscribe-Post"] == ["List-Unsubscribe=One-Click"]
        assert read.headers.keys() == {
            "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
            "List-Unsubscribe", "List-Unsubscribe-Post",
        }  # fmt: skip
        assert each.sender == "post@example.org" and read.headers["From"] == ["Mainstay <post@example.org>"]
        assert read.subject == "There is something new for you" and [to.address for to in read.to] == [f"{name}@example.org"]
        (text,) = read.text_plain
        assert {f"{origin}/inbox/", f"{origin}/u/{key}/"} <= set(text.split())
        assert not [word for word in (b"alice", b"mention", b"group", b"still there") if word in each.raw.lower()]


def test_a_mail_service_ends_them_with_one_request_and_a_scanner_ends_nothing(house: House, work: Any) -> None:
    """A member who is unsubscribed by what looks for viruses, or who asked for no more and gets the next one."""
    names, _keys = house.people(3)
    work()
    house.mention(*names)
    ends = [house.post.wait_for(f"{name}@example.org")[0].read.headers["List-Unsubscribe"][0].strip("<>") for name in names]
    for ask in ("GET", "HEAD", "OPTIONS"):
        scanned = [httpx.request(ask, end, follow_redirects=True) for end in ends]
        assert not any(answer.cookies for answer in scanned)
    assert [house.back.run(_CHOSEN, name=name) for name in names] == ["each"] * 3

    forms: list[dict[str, Any]] = [{"data": {"List-Unsubscribe": "One-Click"}}, {"files": {"List-Unsubscribe": (None, "One-Click")}}]
    for end, form in zip(ends, forms, strict=False):
        for _again in range(2):
            answer = httpx.post(end, **form)
            assert answer.status_code == 200 and not answer.cookies and not answer.history
    assert [house.back.run(_CHOSEN, name=name) for name in names] == ["off", "off", "each"]
    house.mention(*names)
    house.post.wait_for(f"{names[2]}@example.org", 2)
    assert [len(house.post.wait_for(f"{name}@example.org")) for name in names] == [1, 1, 2]


def test_a_mail_server_and_a_push_service_that_hang_hold_up_no_password(house: House, work: Any) -> None:
    """Both take what they get and never answer; who has lost their password waits for nobody."""
    (name, other), _keys = house.people(2)
    phone = house.pushes.browser(name)
    house.back.run(_SUBSCRIBE, name=name, given=phone.told(""))
    house.pushes.answer(name, 0)
    house.post.hangs.add(f"{name}@example.org")
    work()
    house.mention(name)
    house.pushes.wait_for(phone)
    house.post.wait_for(f"{name}@example.org")
    with house.site.client() as guest:
        assert house.site.fill_in(guest, "/accounts/password/reset/", email=f"{other}@example.org").status_code == 302
    (came,) = house.post.wait_for(f"{other}@example.org", within=15)  # the server that hangs is waited for 20 seconds
    assert came.read.subject == "Your new password"
