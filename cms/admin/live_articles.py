"""Who can open what is live, for the editor's lists and links: an editor who is not in a group cannot read its articles."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from community.kit.text.order import by_name
from community.members.models import User

from ..library.kinds import entries, named_groups, open_to
from ..models import Entry


def unreadable_articles(editor: User) -> dict[int, str]:
    """The live articles that `editor` can't read, each with a sentence that says who can. Read once a request."""
    unreadable: dict[int, str] | None = getattr(editor, "unreadable_article_reasons", None)
    if unreadable is None:
        unreadable = editor.unreadable_article_reasons = _unreadable_articles(editor)  # type: ignore[attr-defined]
    return unreadable


def _unreadable_articles(editor: User) -> dict[int, str]:
    unreadable = list(entries().live().exclude(pk__in=open_to(editor).values("pk")).values_list("pk", flat=True))
    names: dict[int, list[str]] = defaultdict(list)
    for article, _group, name in named_groups(pk__in=unreadable):
        names[article].append(name)
    return {article: _readers_sentence(names[article]) for article in unreadable}


def _readers_sentence(groups: list[str]) -> str:
    if not groups:
        return _("Live, but no one can open it right now.")
    return ngettext(
        "Live for %(groups)s. You're not in that group, so you can't open it here. Use the preview to read it.",
        "Live for %(groups)s. You're not in any of those groups, so you can't open it here. Use the preview to read it.",
        len(groups),
    ) % {"groups": ", ".join(by_name(groups))}


def live_readers(page: Page) -> str:
    """The readers of the live version of an article, in words."""
    live: Entry = Page.objects.defer_streamfields().specific().get(pk=page.pk)
    return live.readers()
