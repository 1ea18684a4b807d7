"""Whose a picture or a document is: it follows the articles that use it, and is nobody's but its uploader's where none does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from community.kit.errors import Refusal, Refused
from community.kit.text.order import by_name
from community.members.models import User
from community.members.roles import Right

from ..admin.wagtail_internals import get_active_log_context
from ..library.audience import Audience, hidden_articles
from ..library.kinds import any_of, kinds, named_groups
from .models import LibraryDocument, Picture, guard_deleting

File = Picture | LibraryDocument
SHOWN: dict[type[File], str] = {Picture: "pictures", LibraryDocument: "documents"}  # where an entry notes what it shows
MOST_NAMED = 5  # articles, in one sentence


def newest_versions() -> QuerySet[Page, Any]:
    """The ids of the newest version of each page, for a subquery."""
    return Page.objects.exclude(latest_revision=None).values("latest_revision")


def shown_by(kind: type[File], **entries: Any) -> Q:
    """The files of `kind` that the row of an entry shows; `entries` says of which."""
    return any_of(Q(pk__in=entry.objects.filter(**entries).values(SHOWN[kind])) for entry in kinds())


def known_files(editor: User, kind: type[File]) -> QuerySet[Any]:
    """The files of `kind` that `editor` may know of: those whose every use they may see, and their own that nothing uses now.

    A use is a live article or any version of one: an old version can still be opened and brought back. An admin knows of all files.
    """
    files: QuerySet[Any] = kind._default_manager.all()
    if editor.may(Right.EVERY_AUDIENCE):
        return files
    hidden = hidden_articles(editor)
    in_hidden = files.filter(shown_by(kind, pk__in=hidden) | Q(versions__object_id__in=[str(article) for article in hidden]))
    live = files.filter(shown_by(kind, live=True))
    drafted = files.filter(versions__in=newest_versions())
    mine = Q(uploaded_by_user=editor)
    return files.filter(Q(pk__in=live.values("pk")) | Q(pk__in=drafted.values("pk")) | mine).exclude(pk__in=in_hidden.values("pk"))


def usable_files(editor: User, kind: type[File], article: Any) -> QuerySet[Any]:
    """The files that `editor` may put into `article`: those that they may know of, and those that stand in a version of it."""
    files: QuerySet[Any] = kind._default_manager.all()
    there = files.filter(shown_by(kind, pk=article.pk) | Q(versions__object_id=str(article.pk)))
    return files.filter(Q(pk__in=known_files(editor, kind).values("pk")) | Q(pk__in=there.values("pk")))


@dataclass(frozen=True)
class Use:
    """An article, or a version of one, that shows a file; and who reads it."""

    article: int
    title: str
    audience: str
    groups: frozenset[str]


def live_uses(file: File) -> list[Use]:
    """The live articles that show `file`."""
    shown = {SHOWN[type(file)]: file}
    articles = [article for kind in kinds() for article in kind.objects.live().filter(**shown).defer_streamfields()]
    return [Use(article.pk, article.title, article.audience, frozenset(_ids(article.groups.all()))) for article in articles]


def _ids(groups: Iterable[Any]) -> list[str]:
    return [str(group.pk) for group in groups]


def drafted_uses(versions: Iterable[Revision]) -> list[Use]:
    """What these versions of articles say of their readers."""
    said = [(int(version.object_id), version.content) for version in versions]
    return [Use(article, words["title"], words["audience"], frozenset(words["groups"])) for article, words in said]


def fits(audience: str, groups: Iterable[str], uses: list[Use]) -> bool:
    """True where everybody who would read for `audience` and `groups` may read one of `uses` already."""
    there = {use.audience for use in uses}
    if Audience.PUBLIC in there or (Audience.MEMBERS in there and audience != Audience.PUBLIC):
        return True
    named = frozenset[str]().union(*(use.groups for use in uses if use.audience == Audience.GROUPS))
    return audience == Audience.GROUPS and named.issuperset(groups)


def lock_files(files: Iterable[File], *, to_delete: bool = False) -> None:
    """Let nobody else publish or delete one of `files` before this transaction ends: what is read of their uses holds until then."""
    wanted = list(files)
    for kind in (Picture, LibraryDocument):
        numbers = [file.pk for file in wanted if isinstance(file, kind)]
        # Meanwhile a use may be noted of what stays. Always in one order, so that two never wait for each other.
        list(kind._default_manager.select_for_update(no_key=not to_delete).filter(pk__in=numbers).order_by("pk"))


def refusals(editor: User | None, article: Any) -> list[str]:
    """Why the files of `article` cannot be shown to its readers, both as they are in this version of it. For `editor` see `why_not`."""
    groups = _ids(article.groups.all())
    reasons = [why_not(editor, file, article, article.audience, groups) for file in article.files()]
    return [reason for reason in reasons if reason]


def why_not(editor: User | None, file: File, article: Any, audience: str, groups: Iterable[str]) -> str | None:
    """Say to `editor` (None: the clock) why `file` cannot stand in `article` for these readers, or return None where it can.

    What counts is who reads it elsewhere: live, else in the newest drafts, else in older versions. An article may have other readers
    than before, with all that stands in it: its own versions do not count.
    """
    live = live_uses(file)
    others = [use for use in live if use.article != article.pk]
    if not others:
        versions = file.versions.exclude(object_id=str(article.pk))
        others = drafted_uses(versions.filter(pk__in=newest_versions()) or versions)
    if not others or fits(audience, groups, [*live, *others]):
        return None
    hidden = hidden_articles(editor) if editor else set()
    words = {"file": file.title, "article": next((use.title for use in others if use.article not in hidden), "")}
    if words["article"]:
        return _("“%(file)s” is also in “%(article)s”, which fewer people may read. Choose the same readers here, or take it out.") % words
    return _("“%(file)s” is also in an article that fewer people may read. Choose the same readers here, or take it out.") % words


def keep_needed(files: Iterable[File]) -> None:
    """Raise Refused(Refusal.USED) where one of `files`, which are about to be deleted, would leave a hole in an article."""
    going = list(files)
    lock_files(going, to_delete=True)
    for file in going:
        if sentence := why_needed(get_active_log_context().user, file):
            raise Refused(Refusal.USED, sentence)


guard_deleting(keep_needed)


def why_needed(editor: User | None, file: File) -> str | None:
    """Say to `editor` (None: a command) which articles show `file`, or return None where none does.

    Those are live, or drafts, or wait for their hour. Old versions may lose it: who brings one back sees that.
    """
    waiting = file.versions.filter(Q(pk__in=newest_versions()) | Q(approved_go_live_at__isnull=False))
    hidden = hidden_articles(editor) if editor else set()
    uses = {use.article: use.title for use in [*drafted_uses(waiting), *live_uses(file)]}
    if not uses:
        return None
    named = [f"“{title}”" for article, title in sorted(uses.items()) if article not in hidden]
    words = {"file": file.title, "articles": ", ".join(named[:MOST_NAMED]) or _("an article")}
    return _("“%(file)s” is in %(articles)s, and would be missing there. Take it out first, then delete it.") % words


def in_narrow_and_wide() -> list[File]:
    """The files that live articles show to more people than another live article that shows them: from before this was asked."""
    groups: dict[int, list[str]] = defaultdict(list)
    for article, group, _name in named_groups(live=True):
        groups[article].append(str(group))
    shown: dict[type[File], dict[int, list[Use]]] = {Picture: defaultdict(list), LibraryDocument: defaultdict(list)}
    for entry in kinds():
        for kind, field in SHOWN.items():
            live = entry.objects.live().filter(**{f"{field}__isnull": False}).order_by()
            for file, article, title, audience in live.values_list(field, "pk", "title", "audience"):
                shown[kind][file].append(Use(article, title, audience, frozenset(groups[article])))
    found: list[File] = []
    for kind, theirs in shown.items():
        wide = [file for file, there in theirs.items() if any(not fits(use.audience, use.groups, [one]) for use in there for one in there)]
        found += kind._default_manager.filter(pk__in=wide)
    return by_name(found, lambda file: file.title)
