"""Who an article is for, and which peer groups an editor may know of."""

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
    hidden: set[int] | None = getattr(editor, "hidden_article_ids", None)
    if hidden is None:
        hidden = editor.hidden_article_ids = _hidden_articles(editor)  # type: ignore[attr-defined]
    return hidden


def _hidden_articles(editor: User) -> set[int]:
    if editor.may(Right.EVERY_AUDIENCE):
        return set()
    known = set(groups_for(editor).values_list("pk", flat=True))
    hidden = {entry for entry, group, _name in named_groups() if group not in known}
    in_versions = {str(group) for group in known}
    return hidden | {int(entry) for entry, groups in ever_named() if not in_versions.issuperset(map(str, groups or ()))}


def ever_named() -> models.QuerySet[Revision, tuple[str, list[str] | None]]:
    """Each article's id with each set of groups that any of its versions names: an old one can still be opened and brought back.

    A hundred versions for the same groups are one row, and those for no group are none.
    """
    types = ContentType.objects.get_for_models(*kinds()).values()
    versions = Revision.objects.filter(content_type__in=list(types)).exclude(content__groups=[])
    return versions.annotate(named=KeyTransform("groups", "content")).values_list("object_id", "named").distinct()
