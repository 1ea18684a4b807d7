"""Who may see and use a picture or a document: it follows the articles that use it, and is its uploader's alone where none does."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community.members.models import User
from community.members.roles import Right

from ..library.audience import hidden_articles
from .uses import File, group_ids, is_no_wider, live_uses, newest_versions, shown_by, version_uses


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
    own = Q(uploaded_by_user=editor)
    return files.filter(Q(pk__in=live.values("pk")) | Q(pk__in=drafted.values("pk")) | own).exclude(pk__in=in_hidden.values("pk"))


def usable_files(editor: User, kind: type[File], article: Any) -> QuerySet[Any]:
    """The files that `editor` may put into `article`: those that they may know of, and those in a version of it."""
    files: QuerySet[Any] = kind._default_manager.all()
    there = files.filter(shown_by(kind, pk=article.pk) | Q(versions__object_id=str(article.pk)))
    return files.filter(Q(pk__in=known_files(editor, kind).values("pk")) | Q(pk__in=there.values("pk")))


def audience_conflicts(editor: User | None, article: Any) -> list[str]:
    """What `audience_conflict` says of each file of this version of `article`, for the readers that this version names."""
    groups = group_ids(article.groups.all())
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
