"""What Today shows a member: what waits for them, what is new, and then it ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cms.reading import first_article_url, missed_publications, newest_for, unreviewed
from community.centre.models import centre
from community.kit import limits
from community.kit.ops import last_backup
from community.kit.ops.condition import troubles
from community.members.models import User, is_alone
from community.members.people.recovery import unread_helps
from community.members.roles import Right
from community.notifications.condition import troubles as notification_troubles
from community.safety.reading import unread_notes, unseen_answers, waiting
from groups.chat.reading import ChannelView, channels_of
from groups.peers.models import PeerGroup
from groups.peers.pending import PendingItem, pending_for

ROWS = 3


@dataclass(frozen=True)
class TodayRow:
    """One thing on Today."""

    icon: str
    title: str
    about: str
    url: str


def today_of(member: User) -> dict[str, Any]:
    """Return what the page of Today shows: three rows at most.

    What somebody waits for comes first, then the groups with something new, then an article, and last the work that can wait.
    """
    channels = channels_of(member)
    is_new = not channels or member.joined_at > timezone.now() - limits.NEW_ARTICLE_PERIOD
    article = newest_for(member, gently=is_new and not member.is_staff)
    pending = pending_for(member)
    first = [*_about_themself(member), *(_pending_row(item) for item in pending if not item.can_wait)]
    choice = [] if channels or not PeerGroup.objects.visible_to(member).exists() else [_choice_row()]
    named = {row.title for row in first}
    news = [_joined_row(channel) for channel in channels if channel.just_joined and not channel.unread and channel.name not in named]
    news += [_unread_row(channel) for channel in channels if channel.unread]
    new = [TodayRow("library", article.title, _("New in the library"), reverse("cms:article", args=[article.slug]))] if article else []
    last = [*_work(member), *(_pending_row(item) for item in pending if item.can_wait)]
    rows = [*first, *news, *new, *last, *choice] if member.is_staff else [*choice, *first, *news, *new, *last]
    return {
        "greeting": greeting(timezone.localtime().hour, member),
        "rows": rows[:ROWS],
        "more": any(row.icon == "groups" for row in rows[ROWS:]),
        "has_groups": bool(channels),
        "can_choose": bool(choice),
        "first_steps": first_steps(member) if member.may(Right.SET_UP) else [],
        "troubles": [*troubles(), *notification_troubles()] if member.may(Right.SET_UP) else [],
        "stale_lines": centre().stale_lines if member.may(Right.SET_UP) else [],
        "backup_trouble": backup_trouble() if member.may(Right.SET_UP) else "",
        "has_work": bool(first or last),
    }


def _about_themself(member: User) -> Iterator[TodayRow]:
    """What happened to their account or was written to them, and reports, for which people in trouble may be waiting."""
    if unread_helps(member):
        yield _helped_row()
    reports, urgent = waiting(member)
    if reports:
        yield _reports_row(reports, urgent)
    if notes := unread_notes(member):
        yield _notes_row(notes)
    if answers := unseen_answers(member):
        yield _answers_row(answers)
    yield from (_missed_publication_row(article) for article in missed_publications(member))


def _work(member: User) -> Iterator[TodayRow]:
    """What they were asked to do, in their own time."""
    if newcomers := list(User.objects.newcomers_to(member)):
        yield _newcomers_row(newcomers)
    if articles := unreviewed(member):
        yield _reviews_row(articles)


def greeting(hour: int, member: User) -> str:
    """Return the greeting for an hour (0 to 23) of the member's day."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s.") % {"name": member}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s.") % {"name": member}
    return _("Good evening, %(name)s.") % {"name": member}


def first_steps(admin: User) -> list[TodayRow]:
    """What a site needs before anybody finds something here, each only while it is missing."""
    steps = []
    if is_alone(admin):
        steps.append(TodayRow("staff", _("Invite somebody"), _("Nobody else is here yet."), reverse("members:people")))
    if not PeerGroup.objects.exists():
        steps.append(TodayRow("groups", _("Make a group"), _("There is no group yet that people could join."), reverse("peers:new")))
    if article := first_article_url():
        steps.append(TodayRow("edit", _("Write an article"), _("There is nothing in the library yet."), article))
    return steps


def backup_trouble() -> str:
    """Say what is wrong with the backups of this site, "" where all is well, and in the demo, which needs none."""
    last = last_backup.last()
    if centre().is_demo or not (last.failed or last.is_old):
        return ""
    if last.failed:
        return _("The last backup failed.")
    if last.made_at is None:
        return _("Nobody has made a backup of this site yet.")
    day = formats.date_format(timezone.localtime(last.made_at))
    return _("The newest backup is more than two days old: it is from %(day)s.") % {"day": day}


def _choice_row() -> TodayRow:
    return TodayRow("groups", _("Choose a group"), _("You're not in a group yet. There's no hurry."), reverse("peers:list"))


def _helped_row() -> TodayRow:
    return TodayRow("lock", _("How you sign in was changed"), _("Staff did it. See what, when and why"), reverse("mfa_index"))


def _reports_row(count: int, urgent: int) -> TodayRow:
    if urgent:
        about = ngettext("%(count)d report waits, %(urgent)d urgent", "%(count)d reports wait, %(urgent)d urgent", count)
    else:
        about = ngettext("%(count)d report waits", "%(count)d reports wait", count)
    return TodayRow("report", _("Reports"), about % {"count": count, "urgent": urgent}, reverse("safety:desk"))


def _notes_row(notes: int) -> TodayRow:
    about = ngettext("A moderator wrote you a note", "Moderators wrote you %(count)d notes", notes) % {"count": notes}
    return TodayRow("mail", _("From the moderators"), about, reverse("safety:own"))


def _answers_row(answers: int) -> TodayRow:
    about = ngettext("It has been looked at", "%(count)d of your reports have been looked at", answers) % {"count": answers}
    return TodayRow("report", _("What you reported"), about, reverse("safety:own") + "#reports")


def _reviews_row(articles: int) -> TodayRow:
    about = ngettext("%(count)d article is waiting for a review", "%(count)d articles are waiting for a review", articles)
    return TodayRow("check", _("Reviews"), about % {"count": articles}, reverse("cms:review_desk"))


def _missed_publication_row(article: Page) -> TodayRow:
    about = _("It was due, and could not be published. Try publishing it yourself to see why.")
    return TodayRow("edit", article.draft_title, about, reverse("wagtailadmin_pages:edit", args=[article.pk]))


def _newcomers_row(newcomers: list[User]) -> TodayRow:
    title = ngettext("%(name)s has joined", "%(name)s and others have joined", len(newcomers)) % {"name": newcomers[0]}
    return TodayRow("me", title, _("You were asked to say hello"), reverse("peers:hello"))


def _pending_row(item: PendingItem) -> TodayRow:
    return TodayRow("groups", item.title, item.about, item.url)


def _joined_row(channel: ChannelView) -> TodayRow:
    about = _("You're in this group now. Say hello when you like.")
    return TodayRow("groups", channel.name, about, channel.url)


def _unread_row(channel: ChannelView) -> TodayRow:
    about = ngettext("%(count)s new message", "%(count)s new messages", channel.unread) % {"count": channel.unread_shown}
    return TodayRow("groups", channel.name, about, channel.url)
