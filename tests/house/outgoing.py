"""Everything that leaves the site, or that shows outside a page which only a member reads; and how it is looked through.

What is new stands here, or tests/house/test_outgoing.py fails. Letters are registered in `community.kit.mail`, which sends no
other; here stands what goes into them. There is no calendar: who adds one adds its way out to WAYS_OUT.
"""

import ast
import base64
import contextlib
import functools
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from community.kit import mail
from community.kit.encryption import unseal
from community.kit.text import giveaways

# What is put into e-mails, by the name of the field. An e-mail with a field of another name is not known.
FIELDS: dict[str, Any] = {
    "link": f"{settings.SITE_URL}/invitation/key/",
    "days": 7,
    "until": "December 14",
    "unsubscribe": f"{settings.SITE_URL}/u/{'k' * 22}/",
}

# The words before the centre's name in the title of a page. A public article alone has a title of its own.
# Before them may stand how much is new: a number, and nothing of what it is.
HOW_MUCH = re.compile(r"^\((?:[1-9]\d?|99\+)\) ")
SECTIONS = {
    "Account",
    "Agreement",
    "Announcement",
    "Announcements",
    "Authenticator app",
    "Back soon",
    "Cards",
    "Codes",
    "Conversation",
    "E-mails",
    "Edit message",
    "Groups",
    "Guide",
    "Help now",
    "Help them sign in",
    "How you hear from us",
    "Invitation",
    "Is it you?",
    "Joining",
    "Leaving quickly",
    "Library",
    "Library editor",
    "Me",
    "My things",
    "New password",
    "Not found",
    "Notifications on this device",
    "Not possible",
    "Not understood",
    "Notifications",
    "Outbox",
    "Passkey",
    "People",
    "Person",
    "Please wait",
    "Privacy",
    "React",
    "Remove message",
    "Report",
    "Reports",
    "Reports and blocks",
    "Reviews",
    "Second step",
    "Send it again",
    "Sign in",
    "Sign in again",
    "Sign out",
    "Signing in",
    "Something went wrong",
    "Text messages",
    "Texts",
    "Today",
    "Ways back",
    "Welcome",
    "Where you are signed in",
    "Your address",
}
# What covers a page and what is shown on the way to another site; and cards, beside which browsers print the title.
BARE_TITLES = {"Notes", "Cards"}

# Which routes hand out files, and under which names these lie in a folder of downloads.
FILES = {
    "cms:document": r'attachment; filename="document-[0-9a-f]{6}\.[a-z0-9]{2,5}"',
    "cms:picture": "inline",
    "downloads:fetch": r'attachment; filename="my-things\.zip"',
}
# Cookies whose value is random, and those whose value says something and must be sealed.
RANDOM_COOKIES = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
SEALED_COOKIES = {"messages", settings.DEVICE_COOKIE_NAME}

# Modules through which something can leave this machine, and who may use them.
REACHING = (
    "django.core.mail", "smtplib", "email.mime", "urllib.request", "http.client", "socket", "ftplib", "requests", "httpx", "aiohttp",
    "urllib3", "redis", "boto3", "botocore", "storages", "pywebpush", "py_vapid", "icalendar", "twilio", "sentry_sdk",
)  # fmt: skip
WAYS_OUT = {
    "community/kit/mail.py": {"smtplib", "django.core.mail"},  # every e-mail
    "community/management/commands/setup.py": {"smtplib", "django.core.mail"},  # the test e-mail, composed by kit.mail
    "community/management/commands/serve.py": {"socket"},  # listens
    "community/notifications/push/posting.py": {"requests", "py_vapid", "pywebpush"},  # every push
    "community/members/texting/posting.py": {"requests", "urllib3"},  # every text message
    "cms/outside.py": {"socket", "urllib3"},  # whether the pages are there that articles lead to, if the operator wants that
    "community/kit/ops/cache.py": {"redis"},
    "community/kit/ops/environ.py": {"redis"},  # reads its address, and asks nobody
    "community/kit/storage.py": {"botocore", "storages"},  # pictures and documents, to the centre's own bucket
    "community/backups/trouble.py": {"botocore"},  # the name of its errors, to say what the bucket refused
}
# Headers of a mailing list or of a conversation. The mail program of somebody else's mailbox would show them together.
THREADING = {"List-Id", "List-Post", "List-Archive", "References", "In-Reply-To", "Reply-To"}
# Calls that send by other ways than an import shows, and headers and types that make a download, a calendar or a push.
SENDING = {"email_user", "send_mail", "mail_admins", "mail_managers", "send_mass_mail", "EmailMessage", "EmailMultiAlternatives"}
HANDING_OUT = {"FileResponse", "Content-Disposition", "text/calendar", "text/csv", "application/zip"}
MAY_SEND = {"community/kit/mail.py"}
MAY_HAND_OUT = {"cms/views.py", "community/downloads/views.py"}
MAY_PUSH = {"community/static/community/js/push.js", "community/static/community/js/worker.js"}
IN_SCRIPTS = re.compile(r"\b(?:showNotification|pushManager|new Notification|importScripts)\b|addEventListener\(\s*[\"']push[\"']")


@dataclass(frozen=True)
class Reader:
    """Looks for what gives away: the words of `giveaways`, and the names of the groups and people of a world."""

    names: frozenset[str]
    centre: str

    @functools.cache  # noqa: B019  # a few readers, and the same headers at every answer
    def told(self, text: str) -> list[str]:
        known = [name for name in sorted(self.names) if re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE)]
        return known + giveaways.found_in(text)

    # ------------------------------------------------------------ answers

    def faults(self, answer: Any, address: str, route: str) -> list[str]:
        """What is wrong with an answer of the site, seen from outside: its address, title, headers, cookies and file name."""
        shown = [("address", address), *((f"header {name}", value) for name, value in answer.headers.items())]
        found = [f"{where}: {word} in {text!r}" for where, text in shown for word in self.told(text)]
        found += self._cookies(answer)
        disposition = answer.headers.get("Content-Disposition", "")
        if disposition and not re.fullmatch(FILES.get(route, ""), disposition):
            found.append(f"a file name that is not registered: {disposition}")
        if "text/html" in answer.headers.get("Content-Type", "") and not answer.streaming and answer.content:
            page = answer.content.decode()
            found += self._head(page) if "<html" in page else []  # a part that a page fetches has no head
        return found

    def _cookies(self, answer: Any) -> Iterator[str]:
        for name, morsel in answer.cookies.items():
            if name not in RANDOM_COOKIES | SEALED_COOKIES:
                yield f"a cookie that is not registered: {name}"
            if name not in RANDOM_COOKIES:
                yield from (f"cookie {name}: {word}" for text in readings(morsel.value) for word in self.told(text))

    def _head(self, page: str) -> Iterator[str]:
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        section, _dash, centre = (title[1].strip() if title else "").rpartition(" – ")
        section = HOW_MUCH.sub("", section).removeprefix("Error: ")
        if not title or ((section not in SECTIONS or centre != self.centre) and title[1] not in BARE_TITLES):
            yield f"a title that is not registered: {title and title[1]}"
        for tag in re.findall(r"<(?:meta|link)\b[^>]*>", page):
            yield from (f"{tag}: {word}" for word in self.told(tag))

    # ------------------------------------------------------------ e-mails

    def faults_of_email(self, message: Any) -> list[str]:
        """What is wrong with an e-mail, as a mail server and a lock screen see it."""
        seen = message.message()
        parts = [(f"header {name}", str(value)) for name, value in seen.items() if name != "To"]
        parts += [("body", message.body), *(("attachment", str(part)) for part in message.attachments)]
        found = [f"{where}: {word}" for where, text in parts for word in self.told(text)]
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
        if not re.fullmatch(rf"<[0-9a-f-]{{36}}@{re.escape(host)}>", seen.get("Message-ID", "")):
            found.append("it did not leave through community.kit.mail")
        if seen.get_content_type() != "text/plain":
            found.append("it is more than plain text")
        found += [f"a header that says it is one of many: {name}" for name in seen if name in THREADING]
        return found


def readings(value: str) -> Iterator[str]:
    """A cookie's value as whoever finds it can read it: as it is, and unpacked the way Django packs; one that is sealed, not at all.

    Of its letters, which are drawn by chance, some would make a telling word.
    """
    with contextlib.suppress(ValueError):
        unseal(value)
        return
    yield value
    for part in re.split(r"[:.]", value):
        with contextlib.suppress(ValueError):
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            yield raw.decode("latin-1")
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(raw).decode("latin-1")


def example(email: str) -> dict[str, Any]:
    """What the templates of a registered e-mail get. Raises KeyError for a field that FIELDS does not know."""
    return {field: FIELDS[field] for field in mail.TEMPLATES[email]}


# ---------------------------------------------------------------- ways out, in the code


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__"):
        return [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return []


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [word for word in HANDING_OUT if word in node.value]
    return [name for name in (getattr(node, "attr", None), getattr(node, "id", None)) if isinstance(name, str)]


def ways_out(name: str, source: str) -> set[str]:
    """What in a module of ours can send or hand out something and is not registered for it."""
    tree = ast.parse(source)
    used = {
        way for node in ast.walk(tree) for module in _modules(node) for way in REACHING if module == way or module.startswith(way + ".")
    }
    words = {word for node in ast.walk(tree) for word in _words(node)}
    found = used - WAYS_OUT.get(name, set())
    found |= set() if name in MAY_SEND else words & SENDING
    return found | (set() if name in MAY_HAND_OUT else words & HANDING_OUT)


def unused_ways(sources: Iterable[tuple[str, str]]) -> set[str]:
    """Rows of the register whose module does not use them any more."""
    given = dict(sources)
    return {f"{name}: {way}" for name, ways in WAYS_OUT.items() for way in ways if way.rpartition(".")[2] not in given.get(name, "")}
