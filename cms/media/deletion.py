"""No picture or document is deleted while an article needs it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from community.kit.errors import Refusal, Refused
from community.members.models import User

from ..admin.wagtail_internals import get_active_log_context
from ..library.audience import hidden_articles
from .models import add_deletion_guard
from .uses import File, live_uses, lock_files, newest_versions, version_uses

MAX_NAMED = 5  # articles, in one sentence


def refuse_if_used(files: Iterable[File]) -> None:
    """Check that no article needs one of `files`, which are about to be deleted.

    Raises Refused: used.
    """
    deleted = list(files)
    lock_files(deleted, to_delete=True)
    for file in deleted:
        if sentence := why_in_use(get_active_log_context().user, file):
            raise Refused(Refusal.USED, sentence)


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


add_deletion_guard(refuse_if_used)
