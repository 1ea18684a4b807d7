"""Which articles show a picture or a document, live or in a version, and who reads those."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision

from community.kit.text.order import by_name

from ..library.audience import Audience
from ..library.kinds import any_of, kinds, named_groups
from .models import LibraryDocument, Picture

File = Picture | LibraryDocument
FILE_FIELDS: dict[type[File], str] = {Picture: "pictures", LibraryDocument: "documents"}  # the fields of an entry that hold what it shows


def newest_versions() -> QuerySet[Page, Any]:
    """The ids of the newest version of each page, for a subquery."""
    return Page.objects.exclude(latest_revision=None).values("latest_revision")


def shown_by(kind: type[File], **entries: Any) -> Q:
    """The files of `kind` that the row of an entry shows; `entries` says of which."""
    return any_of(Q(pk__in=entry.objects.filter(**entries).values(FILE_FIELDS[kind])) for entry in kinds())


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
    return [Use(article.pk, article.title, article.audience, frozenset(group_ids(article.groups.all()))) for article in articles]


def group_ids(groups: Iterable[Any]) -> list[str]:
    """The ids of `groups` as versions store them."""
    return [str(group.pk) for group in groups]


def version_uses(versions: Iterable[Revision]) -> list[Use]:
    """The uses in `versions` of articles, with the readers that these name."""
    contents = [(int(version.object_id), version.content) for version in versions]
    return [Use(article, content["title"], content["audience"], frozenset(content["groups"])) for article, content in contents]


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


def _is_overshared(uses: list[Use]) -> bool:
    return any(not is_no_wider(use.audience, use.groups, [other]) for use in uses for other in uses)


def live_entries() -> dict[int, Use]:
    """Every live article with its readers, by its id."""
    groups: dict[int, list[str]] = defaultdict(list)
    for article, group, _name in named_groups(live=True):
        groups[article].append(str(group))
    rows = (row for kind in kinds() for row in kind.objects.live().order_by().values_list("pk", "title", "audience"))
    return {article: Use(article, title, audience, frozenset(groups[article])) for article, title, audience in rows}


def needed(kind: type[File]) -> Q:
    """The files of `kind` that a live article, a newest draft or a scheduled version shows."""
    waiting = kind._default_manager.filter(Q(versions__in=newest_versions()) | Q(versions__approved_go_live_at__isnull=False))
    return shown_by(kind, live=True) | Q(pk__in=waiting.values("pk"))


def articles_that_need(kind: type[File], files: Iterable[int]) -> dict[int, dict[int, str]]:
    """For each of these files: the articles that need it, by id, with the title of each."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    name = FILE_FIELDS[kind]
    versions = Revision.objects.filter(Q(pk__in=newest_versions()) | Q(approved_go_live_at__isnull=False), **{f"{name}__in": files})
    drafted = [(file, int(article)) for file, article in versions.values_list(name, "object_id")]
    titles = dict(Page.objects.filter(pk__in={article for _file, article in drafted}).values_list("pk", "draft_title"))
    for file, article in drafted:
        found[file][article] = titles[article]
    for entry in kinds():
        for file, article, title in entry.objects.live().filter(**{f"{name}__in": files}).order_by().values_list(name, "pk", "title"):
            found[file][article] = title
    return found


def overshared_files() -> list[File]:
    """The files of a live article that another live article shows to more people, from before that was refused."""
    live = live_entries()
    shown: dict[type[File], dict[int, list[Use]]] = {Picture: defaultdict(list), LibraryDocument: defaultdict(list)}
    for entry in kinds():
        for kind, field in FILE_FIELDS.items():
            for file, article in entry.objects.live().filter(**{f"{field}__isnull": False}).order_by().values_list(field, "pk"):
                shown[kind][file].append(live[article])
    found: list[File] = []
    for kind, shown_in in shown.items():
        overshared = [file for file, uses in shown_in.items() if _is_overshared(uses)]
        found += kind._default_manager.filter(pk__in=overshared)
    return by_name(found, lambda file: file.title)
