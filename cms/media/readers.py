"""Who may see and use a picture or a document: it follows the articles that use it, and is its uploader's alone where none does."""

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
from .models import LibraryDocument, Picture, add_deletion_guard

File = Picture | LibraryDocument
FILE_FIELDS: dict[type[File], str] = {Picture: "pictures", LibraryDocument: "documents"}  # the fields of an entry that hold what it shows
MAX_NAMED = 5  # articles, in one sentence


def newest_versions() -> QuerySet[Page, Any]:
    """The ids of the newest version of each page, for a subquery."""
    return Page.objects.exclude(latest_revision=None).values("latest_revision")


def shown_by(kind: type[File], **entries: Any) -> Q:
    """The files of `kind` that the row of an entry shows; `entries` says of which."""
    return any_of(Q(pk__in=entry.objects.filter(**entries).values(FILE_FIELDS[kind])) for entry in kinds())


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
    shown = {FILE_FIELDS[type(file)]: file}
    articles = [article for kind in kinds() for article in kind.objects.live().filter(**shown).defer_streamfields()]
    return [Use(article.pk, article.title, article.audience, frozenset(_ids(article.groups.all()))) for article in articles]


def _ids(groups: Iterable[Any]) -> list[str]:
    return [str(group.pk) for group in groups]


def version_uses(versions: Iterable[Revision]) -> list[Use]:
    """The uses in `versions` of articles, with the readers that these name."""
    said = [(int(version.object_id), version.content) for version in versions]
    return [Use(article, words["title"], words["audience"], frozenset(words["groups"])) for article, words in said]


def is_no_wider(audience: str, groups: Iterable[str], uses: list[Use]) -> bool:
    """True where everybody in `audience` and `groups` (ids) may read one of `uses` already."""
    there = {use.audience for use in uses}
    if Audience.PUBLIC in there or (Audience.MEMBERS in there and audience != Audience.PUBLIC):
        return True
    named = frozenset[str]().union(*(use.groups for use in uses if use.audience == Audience.GROUPS))
    return audience == Audience.GROUPS and named.issuperset(groups)


def lock_files(files: Iterable[File], *, to_delete: bool = False) -> None:
    """Lock `files` until the transaction ends, so that no other one publishes or deletes them meanwhile."""
    wanted = list(files)
    for kind in (Picture, LibraryDocument):
        numbers = [file.pk for file in wanted if isinstance(file, kind)]
        # A file that stays may get new uses meanwhile. One order for all, against deadlocks.
        list(kind._default_manager.select_for_update(no_key=not to_delete).filter(pk__in=numbers).order_by("pk"))


def audience_conflicts(editor: User | None, article: Any) -> list[str]:
    """What `audience_conflict` says of each file of this version of `article`, for the readers that this version names."""
    groups = _ids(article.groups.all())
    reasons = [audience_conflict(editor, file, article, article.audience, groups) for file in article.files()]
    return [reason for reason in reasons if reason]


def audience_conflict(editor: User | None, file: File, article: Any, audience: str, groups: Iterable[str]) -> str | None:
    """Return a sentence for `editor` (None: the schedule) on why `article` cannot show `file` to these readers; None where it can.

    It compares with who reads the file elsewhere: live, else in the newest drafts, else in older versions. The article's own versions
    do not count, since it may change its readers, with all that it shows.
    """
    live = live_uses(file)
    others = [use for use in live if use.article != article.pk]
    if not others:
        versions = file.versions.exclude(object_id=str(article.pk))
        others = version_uses(versions.filter(pk__in=newest_versions()) or versions)
    if not others or is_no_wider(audience, groups, [*live, *others]):
        return None
    hidden = hidden_articles(editor) if editor else set()
    words = {"file": file.title, "article": next((use.title for use in others if use.article not in hidden), "")}
    if words["article"]:
        return _("“%(file)s” is also in “%(article)s”, which fewer people may read. Choose the same readers here, or take it out.") % words
    return _("“%(file)s” is also in an article that fewer people may read. Choose the same readers here, or take it out.") % words


def refuse_if_used(files: Iterable[File]) -> None:
    """Check that no article needs one of `files`, which are about to be deleted.

    Raises Refused: used.
    """
    deleted = list(files)
    lock_files(deleted, to_delete=True)
    for file in deleted:
        if sentence := why_in_use(get_active_log_context().user, file):
            raise Refused(Refusal.USED, sentence)


add_deletion_guard(refuse_if_used)


def why_in_use(editor: User | None, file: File) -> str | None:
    """Return a sentence for `editor` (None: a command) on which articles show `file`; None where none does.

    It counts live articles, newest drafts and scheduled versions. Old versions may lose a file: whoever brings one back sees that.
    """
    waiting = file.versions.filter(Q(pk__in=newest_versions()) | Q(approved_go_live_at__isnull=False))
    hidden = hidden_articles(editor) if editor else set()
    uses = {use.article: use.title for use in [*version_uses(waiting), *live_uses(file)]}
    if not uses:
        return None
    named = [f"“{title}”" for article, title in sorted(uses.items()) if article not in hidden]
    words = {"file": file.title, "articles": ", ".join(named[:MAX_NAMED]) or _("an article")}
    return _("“%(file)s” is in %(articles)s, and would be missing there. Take it out first, then delete it.") % words


def _is_overshared(uses: list[Use]) -> bool:
    return any(not is_no_wider(use.audience, use.groups, [other]) for use in uses for other in uses)


def overshared_files() -> list[File]:
    """The files of a live article that another live article shows to more people, from before that was refused."""
    groups: dict[int, list[str]] = defaultdict(list)
    for article, group, _name in named_groups(live=True):
        groups[article].append(str(group))
    shown: dict[type[File], dict[int, list[Use]]] = {Picture: defaultdict(list), LibraryDocument: defaultdict(list)}
    for entry in kinds():
        for kind, field in FILE_FIELDS.items():
            live = entry.objects.live().filter(**{f"{field}__isnull": False}).order_by()
            for file, article, title, audience in live.values_list(field, "pk", "title", "audience"):
                shown[kind][file].append(Use(article, title, audience, frozenset(groups[article])))
    found: list[File] = []
    for kind, shown_in in shown.items():
        overshared = [file for file, uses in shown_in.items() if _is_overshared(uses)]
        found += kind._default_manager.filter(pk__in=overshared)
    return by_name(found, lambda file: file.title)
