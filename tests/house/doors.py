"""Every door of the site and who may have it: routes, frames, the editor's page types, commands, and the jobs of the clock.

A new one stands here or its tests fail; so does one that is gone.
Of a route, `who` is EVERYONE, MEMBERS, or the roles that may. `guest` is what a guest gets where that is not the sign-in page.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from community.members.roles import Role

EVERYONE = frozenset({"everyone"})
MEMBERS = frozenset({"members"})
ADMINS = frozenset({Role.ADMIN})
MODERATORS = frozenset({Role.MODERATOR})
REVIEWERS = frozenset({Role.REVIEWER})
SUBTREES = {"cms/"}  # Wagtail's editor: cms.gate lists its pages, tests/cms asks each
SIGN_IN = 302


@dataclass(frozen=True)
class Door:
    who: frozenset[str]
    guest: int | None = None  # of GET, where it is neither 200 (everyone) nor the way to the sign-in page
    hidden: str = ""  # what the id in the route names, for charlie's test: a key of `hidden_things`
    led: bool = False  # of those who belong to the group, for its facilitators alone, and for admins


DOORS: dict[str, Door] = {
    # the roof
    "home": Door(EVERYONE),
    "today": Door(MEMBERS),
    "help": Door(EVERYONE),
    "privacy": Door(EVERYONE),
    "service_worker": Door(EVERYONE),
    "manifest": Door(EVERYONE),
    "look": Door(EVERYONE, guest=404),  # there only where the centre chose colours
    "logo": Door(EVERYONE, guest=404),
    "healthz": Door(EVERYONE),
    "readyz": Door(EVERYONE),
    "outbox": Door(EVERYONE, guest=404),  # the demo's alone
    # accounts
    "account_login": Door(EVERYONE),
    "account_logout": Door(EVERYONE, guest=302),  # allauth sends who is not signed in to the first page
    "account_inactive": Door(EVERYONE),
    "account_signup": Door(EVERYONE),
    "account_change_password": Door(MEMBERS),
    "account_reset_password": Door(EVERYONE),
    "account_reset_password_done": Door(EVERYONE),
    "account_reset_password_from_key": Door(EVERYONE),
    "account_reset_password_from_key_done": Door(EVERYONE),
    # people
    "members:invitation": Door(EVERYONE, guest=404),
    "members:settings": Door(MEMBERS),
    "members:consent": Door(MEMBERS),
    "members:consent_version": Door(MEMBERS),
    "members:text": Door(ADMINS, hidden="text"),
    "members:person": Door(ADMINS, hidden="member"),
    "members:give": Door(ADMINS, hidden="role"),
    "members:take": Door(ADMINS, hidden="role"),
    "members:people": Door(ADMINS),
    "members:invite": Door(ADMINS),
    "members:suspend": Door(ADMINS, hidden="member"),
    "members:let_back": Door(ADMINS, hidden="member"),
    "members:resend": Door(ADMINS, hidden="invitation"),
    "members:revoke": Door(ADMINS, hidden="invitation"),
    # peer groups
    "peers:list": Door(MEMBERS),
    "peers:new": Door(ADMINS),
    "peers:group": Door(MEMBERS, hidden="group"),
    "peers:join": Door(MEMBERS, hidden="group"),
    "peers:leave": Door(MEMBERS, hidden="group"),
    "peers:left": Door(MEMBERS, hidden="group"),
    "peers:undo": Door(MEMBERS, hidden="group"),
    "peers:edit": Door(MEMBERS, hidden="group", led=True),
    "peers:people": Door(MEMBERS, hidden="group", led=True),
    "peers:remove": Door(MEMBERS, hidden="membership", led=True),
    "peers:appoint": Door(ADMINS, hidden="membership"),
    # safety
    "safety:report": Door(MEMBERS, hidden="reported"),
    "safety:own": Door(MEMBERS),
    "safety:block": Door(MEMBERS, hidden="member"),
    "safety:unblock": Door(MEMBERS, hidden="member"),
    "safety:desk": Door(MODERATORS),
    "safety:case": Door(MODERATORS, hidden="report"),
    # the chat
    "chat:conversation": Door(MEMBERS, hidden="channel"),
    "chat:history": Door(MEMBERS, guest=401, hidden="channel"),
    "chat:send": Door(MEMBERS, hidden="channel"),
    "chat:draft": Door(MEMBERS, hidden="channel"),
    "chat:read": Door(MEMBERS, hidden="channel"),
    "chat:edit": Door(MEMBERS, hidden="message"),
    "chat:delete": Door(MEMBERS, hidden="message"),
    # the library
    "cms:library": Door(EVERYONE),
    "cms:search": Door(EVERYONE, guest=302),  # without words it leads to the library
    "cms:feed": Door(EVERYONE),
    "cms:article": Door(EVERYONE, guest=SIGN_IN, hidden="article"),
    "cms:picture": Door(EVERYONE, guest=SIGN_IN, hidden="picture"),
    "cms:document": Door(EVERYONE, guest=SIGN_IN, hidden="document"),
    "cms:sitemap": Door(EVERYONE),
    "cms:review_desk": Door(REVIEWERS),
    "cms:review": Door(REVIEWERS, hidden="review"),
    "wagtail_serve": Door(MEMBERS),
    "^(?:library|pictures|documents)/(?P<rest>.*)/$": Door(MEMBERS),
}

# Every frame that a client may send: what the id in it names, "" for one that holds none. Staff roles open nothing here.
FRAMES = {
    "hello": "", "ping": "", "send": "channel", "read": "channel", "typing": "channel", "sync": "channel",
    "edit": "message", "delete": "message",
}  # fmt: skip

# Every type of page in the editor, and whether editors make such pages.
PAGE_TYPES = {"HomePage": False, "LibraryPage": False, "ArticlePage": True}

# Every command of ours. All are for who runs the server: they stand outside the roles.
COMMANDS = {
    "demo": "makes the demo world, in a database that holds nobody else",
    "retention": "forgets what is older than the centre keeps it",
    "serve": "serves the site",
    "setup": "sets up an empty site and invites its first admin",
    "worker": "does the queued work and runs the clock",
}

# Every job of the clock. None acts for a person, and none shows anything to one.
JOBS = {
    "cms.tasks.keep_dates": "publishes and takes down what editors have scheduled",
    "community.centre.tasks.forget_old": "forgets what is older than the centre keeps it",
    "community.kit.tasks.take_up_dropped": "gives back to the queue what a killed worker had in hand",
    "community.kit.tasks.send_again": "sends letters that could not leave",
    "community.kit.tasks.forget_done": "forgets results of the queue, and sessions that have run out",
}


@dataclass(frozen=True)
class Route:
    """One route: its name (the pattern itself where it has none) and the parts of its pattern."""

    name: str
    pattern: str
    parameters: dict[str, str]  # name of each parameter: its kind ("uuid", "slug", "str", "int", "regex")


def _parameters(entry: URLPattern | URLResolver) -> dict[str, str]:
    converters = getattr(entry.pattern, "converters", {})
    names = {name: type(converter).__name__.removesuffix("Converter").lower() for name, converter in converters.items()}
    regex = getattr(entry.pattern, "regex", None)
    return names or dict.fromkeys(regex.groupindex if regex else {}, "regex")


def routes(entries: list[URLPattern | URLResolver] | None = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    """Every route of the site but those of `SUBTREES`, which come as one each."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        pattern = prefix + str(entry.pattern)
        if pattern in SUBTREES:
            continue
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, pattern, inner)
        else:
            yield Route(f"{space}{entry.name}" if entry.name else pattern, pattern, _parameters(entry))
