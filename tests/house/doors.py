"""Every door of the site and who may have it: routes, frames, the editor's page types, commands, and the periodic jobs.

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
COORDINATORS = frozenset({Role.COORDINATOR, Role.ADMIN})
ANNOUNCERS = frozenset({Role.PUBLISHER, Role.COORDINATOR, Role.ADMIN})
SUBTREES = {"cms/"}  # Wagtail's editor: cms.admin.gate lists its pages, tests/cms asks each
SIGN_IN = 302


@dataclass(frozen=True)
class Door:
    who: frozenset[str]
    guest: int | None = None  # of GET, where it is neither 200 (everyone) nor the way to the sign-in page
    hidden: str = ""  # what the id in the route names, for charlie's test: a key of `hidden_things`
    led: bool = False  # of those who belong to the group, for its facilitators alone, and for who may make groups


DOORS: dict[str, Door] = {
    # the roof
    "home": Door(EVERYONE),
    "today": Door(MEMBERS),
    "help": Door(EVERYONE),
    "privacy": Door(EVERYONE),
    "leaving": Door(EVERYONE),
    "leave": Door(EVERYONE, guest=302),  # it takes a form; who opens its address is told what it does
    "service_worker": Door(EVERYONE),
    "manifest": Door(EVERYONE),
    "look": Door(EVERYONE, guest=404),  # there only where the centre chose colors
    "logo": Door(EVERYONE, guest=404),
    "icon": Door(EVERYONE, guest=404),
    "icon_masked": Door(EVERYONE, guest=404),
    "policy_report": Door(EVERYONE, guest=405),  # browsers post to it by themselves
    "healthz": Door(EVERYONE),
    "readyz": Door(EVERYONE),
    "outbox": Door(EVERYONE, guest=404),  # the demo's alone
    "demo_codes": Door(EVERYONE, guest=404),  # the demo's alone
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
    "account_way_back": Door(EVERYONE),
    "account_reauthenticate": Door(MEMBERS),
    "mfa_reauthenticate": Door(MEMBERS),
    "mfa_reauthenticate_webauthn": Door(MEMBERS),
    "mfa_authenticate": Door(EVERYONE, guest=302),  # back to the first step
    "mfa_login_webauthn": Door(EVERYONE, guest=302),  # the sign-in page, which asks it for a challenge
    "mfa_index": Door(MEMBERS),
    "mfa_activate_totp": Door(MEMBERS),
    "mfa_deactivate_totp": Door(MEMBERS),
    "mfa_view_recovery_codes": Door(MEMBERS),
    "mfa_generate_recovery_codes": Door(MEMBERS),
    "mfa_add_webauthn": Door(MEMBERS),
    "mfa_edit_webauthn": Door(MEMBERS, hidden="passkey"),
    "mfa_remove_webauthn": Door(MEMBERS, hidden="passkey"),
    # people
    "members:invitation": Door(EVERYONE, guest=404),
    "members:join_name": Door(EVERYONE, guest=404),
    "members:join_sign_in": Door(EVERYONE, guest=404),
    "members:join_password": Door(EVERYONE, guest=404),
    "members:card": Door(EVERYONE),
    "members:do_not_write": Door(EVERYONE),
    "members:joined": Door(MEMBERS),
    "members:leaving": Door(MEMBERS),
    "suggestions:welcome": Door(MEMBERS),
    "members:settings": Door(MEMBERS),
    "members:close_own": Door(MEMBERS),
    "members:closing": Door(MEMBERS),
    "members:cancel_closing": Door(MEMBERS),
    "members:discretion": Door(MEMBERS),
    "members:conversation": Door(MEMBERS),
    "members:session": Door(MEMBERS, guest=401),
    "members:welcoming": Door(MEMBERS),
    "members:devices": Door(MEMBERS),
    "members:end_other_devices": Door(MEMBERS),
    "members:end_device": Door(MEMBERS, hidden="device"),
    "members:helped": Door(MEMBERS),
    "members:ways_back": Door(MEMBERS),
    "members:refuse_ways_back": Door(MEMBERS),
    "members:change_address": Door(MEMBERS),
    "members:stop_own_address": Door(MEMBERS),
    "members:take_address_away": Door(MEMBERS),
    "members:confirm_address": Door(EVERYONE, guest=404),
    "members:stop_address": Door(EVERYONE, guest=404),
    "members:help_in": Door(ADMINS, hidden="member"),
    "members:consent": Door(MEMBERS),
    "members:consent_version": Door(MEMBERS),
    "members:policy": Door(ADMINS, hidden="text"),
    "members:person": Door(ADMINS, hidden="member"),
    "members:give": Door(ADMINS, hidden="role"),
    "members:take": Door(ADMINS, hidden="role"),
    "members:people": Door(COORDINATORS),
    "members:invite": Door(COORDINATORS),
    "members:write_again": Door(ADMINS),
    "members:shared_mailboxes": Door(ADMINS),
    "members:pause": Door(ADMINS, hidden="member"),
    "members:suspend": Door(ADMINS, hidden="member"),
    "members:let_back": Door(ADMINS, hidden="member"),
    "members:close": Door(ADMINS, hidden="member"),
    "members:resend": Door(COORDINATORS, hidden="invitation"),
    "members:revoke": Door(COORDINATORS, hidden="invitation"),
    "members:cohorts": Door(COORDINATORS),
    "members:new_cohort": Door(COORDINATORS),
    "members:cohort": Door(COORDINATORS, hidden="cohort"),
    "members:edit_cohort": Door(COORDINATORS, hidden="cohort"),
    "members:invite_cohort": Door(COORDINATORS, hidden="cohort"),
    "members:resend_cohort": Door(COORDINATORS, hidden="cohort"),
    "members:revoke_cohort": Door(COORDINATORS, hidden="cohort"),
    "members:make_cards": Door(COORDINATORS, hidden="cohort"),
    "members:card_sheet": Door(COORDINATORS, hidden="sheet"),
    "members:revoke_cards": Door(COORDINATORS, hidden="sheet"),
    "suggestions:cohort": Door(COORDINATORS, hidden="cohort"),
    "suggestions:person": Door(COORDINATORS, hidden="member"),
    "suggestions:make": Door(COORDINATORS, hidden="cohort"),
    # peer groups
    "peers:list": Door(MEMBERS),
    "peers:hello": Door(MEMBERS),
    "peers:new": Door(COORDINATORS),
    "peers:group": Door(MEMBERS, hidden="group"),
    "peers:join": Door(MEMBERS, hidden="group"),
    "peers:leave": Door(MEMBERS, hidden="group"),
    "peers:left": Door(MEMBERS, hidden="group"),
    "peers:undo": Door(MEMBERS, hidden="group"),
    "peers:edit": Door(MEMBERS, hidden="group", led=True),
    "peers:agreement": Door(MEMBERS, hidden="group"),  # who belongs, and admins; tests/peers asks the others
    "peers:ask": Door(MEMBERS, hidden="group"),
    "peers:wait": Door(MEMBERS, hidden="group"),
    "peers:take_back": Door(MEMBERS, hidden="group"),
    "peers:join_rules": Door(MEMBERS, hidden="group", led=True),
    "peers:step_down": Door(MEMBERS, hidden="group"),
    "peers:people": Door(MEMBERS, hidden="group", led=True),
    "peers:answer": Door(MEMBERS, hidden="membership"),  # of who asked; tests/peers asks the others
    "peers:withdraw": Door(MEMBERS, hidden="membership"),
    "peers:remove": Door(MEMBERS, hidden="membership", led=True),
    "peers:appoint": Door(COORDINATORS, hidden="membership"),
    # my things
    "downloads:things": Door(MEMBERS),
    "downloads:ask": Door(MEMBERS),
    "downloads:fetch": Door(MEMBERS),
    # notifications
    "notifications:announcement": Door(MEMBERS, hidden="announcement"),  # who is in its audience
    "notifications:announcements": Door(ANNOUNCERS),
    "notifications:write_announcement": Door(ANNOUNCERS),
    "notifications:manage_announcement": Door(ANNOUNCERS, hidden="announced"),
    "notifications:withdraw_announcement": Door(ANNOUNCERS, hidden="announced"),
    "notifications:inbox": Door(MEMBERS),
    "notifications:mark_all_read": Door(MEMBERS),
    "notifications:open": Door(MEMBERS, hidden="notification"),
    "notifications:dismiss": Door(MEMBERS, hidden="notification"),
    "notifications:unsubscribe": Door(EVERYONE),
    "notifications:preferences": Door(MEMBERS),
    "notifications:pause": Door(MEMBERS),
    "notifications:resume": Door(MEMBERS),
    "notifications:try_again": Door(MEMBERS),
    # safety
    "safety:report": Door(MEMBERS, hidden="reported"),
    "safety:reported": Door(MEMBERS, hidden="report"),  # who made it
    "safety:person": Door(MEMBERS, hidden="member"),
    "safety:own": Door(MEMBERS),
    "safety:read_note": Door(MEMBERS, hidden="report"),  # who the note is to
    "safety:block": Door(MEMBERS, hidden="member"),
    "safety:unblock": Door(MEMBERS, hidden="member"),
    "safety:desk": Door(MODERATORS),  # and an admin, where there is a report about a moderator; tests/safety asks
    "safety:case": Door(MODERATORS, hidden="report"),
    "safety:undo": Door(MODERATORS, hidden="report"),
    # notifications
    "notifications:device": Door(MEMBERS),
    "notifications:register_browser": Door(MEMBERS),
    "notifications:remove_browser": Door(MEMBERS, hidden="browser"),
    "notifications:test_browser": Door(MEMBERS, hidden="browser"),
    "notifications:texts": Door(MEMBERS),
    "notifications:ask_text_code": Door(MEMBERS),
    "notifications:prove_number": Door(MEMBERS),
    "notifications:remove_number": Door(MEMBERS),
    # the chat
    "chat:conversation": Door(MEMBERS, hidden="channel"),
    "chat:history": Door(MEMBERS, guest=401, hidden="channel"),
    "chat:send": Door(MEMBERS, hidden="channel"),
    "chat:draft": Door(MEMBERS, hidden="channel"),
    "chat:involvement": Door(MEMBERS),
    "chat:links": Door(MEMBERS),
    "chat:read": Door(MEMBERS, hidden="channel"),
    "chat:edit": Door(MEMBERS, hidden="message"),
    "chat:delete": Door(MEMBERS, hidden="message"),
    "chat:bring_back": Door(MEMBERS, hidden="message"),
    "chat:react": Door(MEMBERS, hidden="message"),
    # the library
    "cms:library": Door(EVERYONE),
    "cms:search": Door(EVERYONE, guest=302),  # without words it leads to the library
    "cms:topic": Door(EVERYONE, guest=SIGN_IN, hidden="topic"),
    "cms:saved": Door(MEMBERS),
    "cms:rate": Door(MEMBERS, hidden="article"),
    "cms:later": Door(MEMBERS, hidden="article"),
    "cms:share": Door(MEMBERS, hidden="article"),
    "cms:feed": Door(EVERYONE),
    "cms:article": Door(EVERYONE, guest=SIGN_IN, hidden="article"),
    "cms:picture": Door(EVERYONE, guest=SIGN_IN, hidden="picture"),
    "cms:document": Door(EVERYONE, guest=SIGN_IN, hidden="document"),
    "cms:robots": Door(EVERYONE),
    "cms:sitemap_index": Door(EVERYONE),
    "cms:sitemap_pages": Door(EVERYONE),
    "cms:sitemap_articles": Door(EVERYONE),
    "cms:review_desk": Door(REVIEWERS),
    "cms:review": Door(REVIEWERS, hidden="review"),
    "cms:guide": Door(frozenset({Role.PUBLISHER, Role.ADMIN}) | REVIEWERS, hidden="guide"),
    "wagtail_serve": Door(MEMBERS),
    "^(?:library|pictures|documents)/(?P<rest>.*)/$": Door(MEMBERS),
}

# Every frame that a client may send: what the id in it names, "" for one that holds none. Staff roles open nothing here.
FRAMES = {
    "hello": "", "ping": "", "send": "channel", "read": "channel", "typing": "channel", "sync": "channel",
    "edit": "message", "delete": "message", "react": "message",
}  # fmt: skip

# Every type of page in the editor, and whether editors make such pages.
PAGE_TYPES = {"HomePage": False, "LibraryPage": False, "ArticlePage": True}

# Every command of ours. All are for who runs the server: they stand outside the roles.
COMMANDS = {
    "backup": "writes all of the site's data into one encrypted file",
    "check_links": "notes which links of live articles lead nowhere",
    "clean_files": "takes out of stored pictures and documents what they tell beside what they show",
    "demo": "makes the demo world, in a database that holds nobody else",
    "index_library": "writes anew what the library's search finds articles by",
    "move": "carries the site's data to another database and storage",
    "publish_scheduled": "publishes and takes down what editors have scheduled, without waiting for the schedule",
    "rotate_push_key": "makes a new key for push notifications",
    "rescue": "helps an admin in who cannot sign in, or invites a new one",
    "restore": "brings a backup into an empty place",
    "retention": "forgets what is older than the centre keeps it",
    "serve": "serves the site",
    "setup": "sets up an empty site and invites its first admin",
    "status": "says how the site does, in numbers without a name",
    "worker": "does the queued work and runs the schedule",
}

# Every periodic job. None acts for a person, and none shows anything to one.
JOBS = {
    "cms.tasks.keep_dates": "publishes and takes down what editors have scheduled",
    "community.backups.ledger.keep_list": "writes the list of closed accounts among the files",
    "community.centre.tasks.forget_old": "forgets what is older than the centre keeps it",
    "community.downloads.tasks.forget_downloads": "deletes copies of somebody's things that were there for a week",
    "community.kit.tasks.take_up_dropped": "gives back to the queue what a killed worker had in hand",
    "community.kit.tasks.send_again": "sends e-mails that could not leave",
    "community.kit.tasks.forget_done": "forgets results of the queue, sessions that have run out, and who asked lately who is here",
    "community.kit.tasks.seal_keys": "seals the site's own keys under the present secret key",
    "community.members.addresses.let_holds_end": "lets an address count that an admin entered and its mailbox confirmed, a day later",
    "community.members.devices.forget_ended": "forgets on what ended sessions ran",
    "community.members.factors.seal_afresh": "seals second factors under the present key",
    "community.members.ways_back.forget_expired": "deletes the codes of staff whose hour is over",
    "community.members.invitations.texts.seal_afresh": "seals the phone numbers of invitations under the present key",
    "community.members.invitations.reminders.send_due": "reminds people who were invited and have not answered",
    "community.notifications.tasks.forget_gone": "deletes notifications that nobody has read and nobody can",
    "community.notifications.tasks.forget_codes": "deletes codes that were sent by text message",
    "community.notifications.tasks.keep_text_numbers": "seals phone numbers under the present key",
    "community.notifications.tasks.keep_push_keys": "seals what push needs under the present key, and deletes former push keys",
    "groups.chat.tasks.forget_taken_back": "deletes the text of messages that their authors removed",
    "groups.peers.tasks.pass_places_on": "offers a seat that has become free to the next on the waiting list",
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
