"""A shelf with one article of each kind, asked for by name."""

from typing import Any

import pytest

from cms.models import ArticlePage
from tests.cms.articles import publish, schedule, write


@pytest.fixture
def shelf(group: Any) -> dict[str, ArticlePage]:
    return fill_shelf(group)


def fill_shelf(group: Any) -> dict[str, ArticlePage]:
    """Make articles, by what they are: public, members, group (Alice's), draft, scheduled, unpublished."""
    gone = write("Withdrawn paper", "public")
    gone.unpublish()
    changed = publish(write("Members first", "members"), title="Members first")
    draft = ArticlePage.objects.get(pk=changed.pk)
    draft.audience = "public"  # a change that waits for publication: it must open nothing
    draft.save_revision()
    forgotten = write("Forgotten paper", "groups", groups=(group,))
    ArticlePage.groups.through.objects.filter(articlepage=forgotten.pk).delete()  # its only group is gone by now
    return {
        "public": write("Public paper", "public"),
        "members": changed,
        "group": write("Circle paper", "groups", groups=(group,)),
        "nobody": forgotten,
        "draft": write("Draft paper", "public", live=False),
        "scheduled": schedule("Coming paper", "public"),
        "unpublished": gone,
    }


@pytest.fixture
def clients(client: Any, client_of: Any, charlie: Any, alice: Any, pat: Any, mo: Any, cora: Any, faye: Any) -> dict[str, Any]:
    """Signed-in clients by name, and the guest's."""
    return {"guest": client, **{p.name.lower(): client_of(p) for p in (charlie, alice, pat, mo, cora, faye)}}
