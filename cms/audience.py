"""Who an article is for, and which peer groups an editor may know of."""

from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from community.members.roles import Right
from groups.peers.models import PeerGroup


class Audience(models.TextChoices):
    PUBLIC = "public", _("Everyone, on the open web")
    MEMBERS = "members", _("All members")
    GROUPS = "groups", _("Some groups")


def groups_for(editor: Any) -> models.QuerySet[PeerGroup]:
    """The groups that `editor` may choose as an audience: all for an admin, for others those they may know of."""
    if editor.may(Right.EVERY_AUDIENCE):
        return PeerGroup.objects.all()
    return PeerGroup.objects.visible_to(editor)


def kept_from(editor: Any) -> set[int]:
    """The ids of the articles that name, live or in any version, a group that `editor` may not know of. Read once a request."""
    if not hasattr(editor, "articles_kept"):
        editor.articles_kept = _kept_from(editor)
    kept: set[int] = editor.articles_kept
    return kept


def _kept_from(editor: Any) -> set[int]:
    from .models import ArticlePage

    if editor.may(Right.EVERY_AUDIENCE):
        return set()
    known = set(groups_for(editor).values_list("pk", flat=True))
    live = ArticlePage.groups.through.objects.exclude(peergroup__in=known).values_list("articlepage_id", flat=True)
    kept = set(live)
    versions = Revision.page_revisions.filter(object_id__in=[str(pk) for pk in ArticlePage.objects.values_list("pk", flat=True)])
    named_in = versions.annotate(named=KeyTransform("groups", "content")).values_list("object_id", "named")
    for article, named in named_in:  # every version: an old one can still be opened, compared and brought back
        if {str(group) for group in named or []} - {str(group) for group in known}:
            kept.add(int(article))
    return kept
