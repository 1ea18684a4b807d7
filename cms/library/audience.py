"""Who an article is for, and which peer groups an editor may know of."""

from collections.abc import Sequence
from uuid import UUID

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from community.members.models import User
from community.members.roles import Right
from groups.peers.models import PeerGroup

from .kinds import named_groups


class Audience(models.TextChoices):
    PUBLIC = "public", _("Everyone, on the open web")
    MEMBERS = "members", _("All members")
    GROUPS = "groups", _("Some groups")


class NamedGroup(models.Model):
    """A group that some version of an entry names as its readers: kept apart, since there are many versions, and each is large.

    The group is its id alone: what named a group that is gone stays as hidden as it was.
    """

    entry = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="named_groups")
    group = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "group"], name="a_named_group_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.group}"


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
    named = {*((entry, group) for entry, group, _name in named_groups()), *ever_named()} if asked else set()
    for editor in editors:
        hidden = {entry for entry, group in named if group not in known[editor.pk]} if editor in asked else set()
        editor.hidden_article_ids = hidden  # type: ignore[attr-defined]


def _known_groups(editors: Sequence[User]) -> dict[UUID, set[UUID]]:
    """Return the ids of the groups that each of these editors may know of."""
    known: dict[UUID, set[UUID]] = {editor.pk: set() for editor in editors}
    each = [groups_for(editor).order_by().values_list(models.Value(n), "pk") for n, editor in enumerate(editors)]
    for n, group in each[0].union(*each[1:]) if each else ():
        known[editors[n].pk].add(group)
    return known


def ever_named() -> models.QuerySet[NamedGroup, tuple[int, UUID]]:
    """Each entry's id with each group that any of its versions names: an old one can still be opened and brought back."""
    return NamedGroup.objects.values_list("entry", "group")


def record_named_groups(entry: Page, *, is_new: bool) -> None:
    """Note the groups that a version of `entry`, which was just saved, names. What an older content of that version named may be gone."""
    named, noted = {group.pk for group in entry.groups.all()}, set(entry.named_groups.values_list("group", flat=True))
    NamedGroup.objects.bulk_create([NamedGroup(entry_id=entry.pk, group=group) for group in named - noted], ignore_conflicts=True)
    if noted - named and not is_new:
        forget_unnamed(entry.pk)


def forget_unnamed(entry: int) -> None:
    """Forget the groups of an entry that none of its versions names any more, after one was deleted or rewritten."""
    versions = Revision.page_revisions.filter(object_id=str(entry)).exclude(content__groups=[])
    contents = versions.annotate(named=KeyTransform("groups", "content")).values_list("named", flat=True).distinct()
    NamedGroup.objects.filter(entry=entry).exclude(group__in={group for named in contents for group in named or ()}).delete()
