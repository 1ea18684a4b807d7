"""Who an article is for, and which peer groups an editor may know of."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from community.members.models import User
from community.members.roles import Right
from groups.peers.models import PeerGroup

from .kinds import kinds, named_groups


class Audience(models.TextChoices):
    PUBLIC = "public", _("Everyone, on the open web")
    MEMBERS = "members", _("All members")
    GROUPS = "groups", _("Some groups")


def groups_for(editor: User) -> models.QuerySet[PeerGroup]:
    """The groups that `editor` may choose as an audience: all for an admin, for others those they may know of."""
    if editor.may(Right.EVERY_AUDIENCE):
        return PeerGroup.objects.all()
    return PeerGroup.objects.visible_to(editor)


def hidden_articles(editor: User) -> set[int]:
    """The ids of the articles that name, in their row or in any version, a group that `editor` may not know of. Read once a request."""
    if not hasattr(editor, "hidden_article_ids"):
        read_hidden_articles([editor])
    hidden: set[int] = editor.hidden_article_ids  # type: ignore[attr-defined]
    return hidden


def read_hidden_articles(editors: Sequence[User]) -> None:
    """Read for each of these editors what `hidden_articles` returns, in a number of queries that doesn't grow with them."""
    asked = [editor for editor in editors if not editor.may(Right.EVERY_AUDIENCE)]
    known = _known_groups(asked)
    named = [*((entry, {str(group)}) for entry, group, _name in named_groups()), *_ever_named()] if asked else []
    for editor in editors:
        hidden = {entry for entry, groups in named if not known[editor.pk].issuperset(groups)} if editor in asked else set()
        editor.hidden_article_ids = hidden  # type: ignore[attr-defined]


def _known_groups(editors: Sequence[User]) -> dict[UUID, set[str]]:
    """Return the ids of the groups that each of these editors may know of."""
    known: dict[UUID, set[str]] = {editor.pk: set() for editor in editors}
    each = [groups_for(editor).order_by().values_list(models.Value(n), "pk") for n, editor in enumerate(editors)]
    for n, group in each[0].union(*each[1:]) if each else ():
        known[editors[n].pk].add(str(group))
    return known


def _ever_named() -> Iterator[tuple[int, set[str]]]:
    for entry, groups in ever_named():
        yield int(entry), set(map(str, groups or ()))


def ever_named() -> models.QuerySet[Revision, tuple[str, list[str] | None]]:
    """Each article's id with each set of groups that any of its versions names: an old one can still be opened and brought back.

    A hundred versions for the same groups are one row, and those for no group are none.
    """
    types = ContentType.objects.get_for_models(*kinds()).values()
    versions = Revision.objects.filter(content_type__in=list(types)).exclude(content__groups=[])
    return versions.annotate(named=KeyTransform("groups", "content")).values_list("object_id", "named").distinct()
