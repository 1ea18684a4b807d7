"""Names and titles stand within sentences: none of them turns the words around it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, LibraryDocument, Picture
from community.members.models import Cohort, User
from groups.peers.models import PeerGroup
from tests.cast import AGREEMENT
from tests.cms.articles import photograph, plan
from tests.cms.editor_forms import ADD, form

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TYPED = "Quiet \u202a\u202b\u202d\u202e\u2066\u2067\u2068eve\u2069nings\u202c"
KEPT = "Quiet evenings"


def test_a_title_from_the_editor_turns_nothing(client_of: Any, pat: User) -> None:
    """An override in the title of an article or a file showed the rest of each line about it from right to left."""
    client = client_of(pat)
    client.post(ADD.format(ensure_tree().pk), form(title=TYPED, summary=TYPED, **{"action-publish": "1"}))
    article = ArticlePage.objects.get()
    assert (article.title, article.summary) == (KEPT, KEPT)
    client.post("/cms/images/add/", {"title": TYPED, "file": SimpleUploadedFile("chair.jpg", photograph())})
    client.post("/cms/documents/add/", {"title": TYPED, "file": SimpleUploadedFile("plan.pdf", plan())})
    assert [Picture.objects.get().title, LibraryDocument.objects.get().title] == [KEPT, KEPT]


def test_a_file_s_own_name_turns_nothing(client_of: Any, pat: User) -> None:
    """The title that a picture has from its file, where several are uploaded at once."""
    sent = {"title": f"{TYPED}.jpg", "files[]": SimpleUploadedFile("chair.jpg", photograph())}
    client_of(pat).post("/cms/images/multiple/add/", sent, headers={"X-Requested-With": "XMLHttpRequest"})
    assert Picture.objects.get().title.startswith(KEPT)


def test_a_name_turns_nothing(client_of: Any, ada: User, alice: User, faye: User) -> None:
    """A group, a cohort or a member whose name turned the sentence that it stood in."""
    group = {
        "name": TYPED,
        "purpose": TYPED,
        "agreement": AGREEMENT,
        "join_policy": "open",
        "history_visibility": "all",
        "facilitator": faye.pk,
    }
    client_of(ada).post("/groups/new/", group)
    made = PeerGroup.objects.get()
    assert (made.name, made.purpose) == (KEPT, KEPT)
    client_of(ada).post("/staff/cohorts/new/", {"name": TYPED})
    assert Cohort.objects.get().name == KEPT
    client_of(alice).post("/me/", {"name": TYPED, "drawing": "cup", "time_zone": "UTC"})
    alice.refresh_from_db()
    assert alice.name == KEPT
