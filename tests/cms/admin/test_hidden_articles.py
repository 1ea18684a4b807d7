"""An article that names a hidden group, live or in any old version, is not there for an editor who may not know of the group.

Each test begins with an editor who was in the group, wrote for it and left: nothing of what they once saw may be named to them.
"""

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.admin import gate
from cms.admin.tree import ensure_tree
from cms.library.audience import ever_named
from cms.models import ArticlePage, NamedGroup
from groups.peers import actions
from tests.cast import bring_in
from tests.cms.articles import picture, publish, write
from tests.cms.editor_forms import addresses, filled, form, linking, noted

TITLE = "Quiet words"
ACTIONS = ("delete", "publish", "unpublish", "move")


@pytest.fixture
def hidden(clients: dict[str, Any], hidden_group: Any, faye: Any, pat: Any) -> ArticlePage:
    """An article for the hidden group, written and edited by Pat, who has left the group since."""
    bring_in(actor=faye, group=hidden_group, member=pat)
    article = write(TITLE, "groups", groups=(hidden_group,), owner=pat)
    fields = form(title=TITLE, audience="groups", groups=[str(hidden_group.pk)], **{"action-publish": "1"})
    assert clients["pat"].post(f"/cms/pages/{article.pk}/edit/", fields).status_code == 302
    assert TITLE in clients["pat"].get("/cms/").content.decode(), "who is in the group sees what they last edited"
    actions.leave(member=pat, group=hidden_group)
    return ArticlePage.objects.get(pk=article.pk)


def every_open_address(article: ArticlePage) -> list[str]:
    """Each page that the gate opens to publishers, asked for `article` in its path."""
    found = []
    for name, address in addresses(gate.urlpatterns):
        if name == "wagtail_bulk_action":
            found += [f"/cms/bulk/wagtailcore/page/{action}/" for action in ACTIONS]
        elif name in gate.FOR_EDITORS:
            address = re.sub(r"<\w+:content_type_app_name>|<\w+:app_label>", "cms", address)
            address = re.sub(r"<\w+:content_type_model_name>|<\w+:model_name>", "articlepage", address)
            found.append(filled(address, article.pk, str(article.latest_revision_id)))
    return found


def test_no_page_of_the_editor_names_it(clients: dict[str, Any], hidden: ArticlePage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches every page of Wagtail that finds articles in a way of its own: recent edits, bulk actions on "all", a parent's page."""
    library = ensure_tree().pk
    by_name = {
        "id": [f"?id={hidden.pk}", f"?id=%20{hidden.pk}", f"?id=%2B{hidden.pk}", "?id=all", f"?id=all&childOf={library}"],
        "q": ["?q=Quiet"],
    }
    pages = every_open_address(hidden)
    assert len(pages) > 60
    naming, asked = [], 0
    for path in [*pages, f"/cms/pages/{library}/", f"/cms/choose-page/{library}/"]:
        with noted(monkeypatch) as names:
            answers = {path: clients["pat"].get(path)}
        answers |= {path + query: clients["pat"].get(path + query) for name in by_name.keys() & names for query in by_name[name]}
        asked += len(answers) - 1
        naming += [address for address, answer in answers.items() if not answer.streaming and TITLE in answer.content.decode()]
    assert asked > 40 and naming == []


@pytest.mark.parametrize("action", ACTIONS[:3])
@pytest.mark.parametrize("ids", ["id={}", "id=all", "id=%2B{}"])
def test_no_bulk_action_reaches_it(clients: dict[str, Any], hidden: ArticlePage, action: str, ids: str) -> None:
    clients["pat"].post(f"/cms/bulk/wagtailcore/page/{action}/?{ids.format(hidden.pk)}", {})
    assert Page.objects.get(pk=hidden.pk).live


def test_a_bulk_action_on_all_reaches_what_the_editor_sees(clients: dict[str, Any], hidden: ArticlePage) -> None:
    """Catches a mend that takes "all" away altogether."""
    seen = write("Evenings", "members")
    page = clients["pat"].get(f"/cms/bulk/wagtailcore/page/unpublish/?id=all&childOf={ensure_tree().pk}").content.decode()
    assert "Evenings" in page and TITLE not in page
    assert clients["pat"].post(f"/cms/bulk/wagtailcore/page/unpublish/?id=all&childOf={ensure_tree().pk}", {}).status_code == 302
    assert not ArticlePage.objects.get(pk=seen.pk).live


def test_the_number_of_pages_does_not_count_it(clients: dict[str, Any], client_of: Any, ada: Any, hidden: ArticlePage) -> None:
    """One page more on the first page than in the list would tell that something is hidden."""
    counted = re.compile(r"(\d+) Pages? <span")
    pats, adas = (int(counted.search(browser.get("/cms/").content.decode()).group(1)) for browser in (clients["pat"], client_of(ada)))
    assert adas == pats + 1


def test_an_old_version_that_named_the_group_keeps_it_back(clients: dict[str, Any], client_of: Any, ada: Any, hidden_group: Any) -> None:
    """Catches a look at the latest version alone: an old one can be opened, compared and brought back."""
    article = write(TITLE, "groups", groups=(hidden_group,))
    old = article.latest_revision_id
    publish(article, audience="members", groups=[])
    doors = ["edit/", "history/", f"revisions/{old}/view/", f"revisions/{old}/revert/", f"revisions/compare/{old}...latest/"]
    for door in doors:
        assert clients["pat"].get(f"/cms/pages/{article.pk}/{door}").status_code == 404, door
        assert client_of(ada).get(f"/cms/pages/{article.pk}/{door}").status_code == 200, door


def test_many_versions_are_read_like_one(hidden_group: Any, group: Any) -> None:
    """Every request of an editor read each version of each article: a library that is written for years would slow to a halt."""
    article = write(TITLE, "groups", groups=(hidden_group,))
    for number in range(3):
        publish(write(f"Evenings {number}", "members"), summary="again")
        publish(article, summary=f"Version {number}")
    assert list(ever_named()) == [(article.pk, hidden_group.pk)]
    publish(article, groups=[group])
    assert len(ever_named()) == 2


@pytest.mark.parametrize("overwrites", [True, False])
def test_it_is_kept_back_until_no_version_names_the_group(pat: Any, client_of: Any, hidden_group: Any, overwrites: bool) -> None:
    """A group that was named by what an autosave has rewritten, or by a version that was deleted, hid the article for good."""
    article = write(TITLE, "members")
    draft = ArticlePage.objects.get(pk=article.pk)
    draft.audience, draft.groups = "groups", [hidden_group]
    version = draft.save_revision()
    edit = f"/cms/pages/{article.pk}/edit/"
    assert client_of(pat).get(edit).status_code == 404
    draft.audience, draft.groups = "members", []
    draft.save_revision(overwrite_revision=version if overwrites else None)
    assert client_of(pat).get(edit).status_code == (200 if overwrites else 404)
    if not overwrites:
        version.delete()
    assert client_of(pat).get(edit).status_code == 200


def test_a_version_for_no_group_is_deleted_without_reading_all_others(db: None) -> None:
    """Whoever deletes old versions had each of them read as often as there were others."""
    article = write("Evenings")
    first = article.save_revision()
    article.save_revision()
    with CaptureQueriesContext(connection) as asked:
        first.delete()
    assert not [query["sql"] for query in asked if NamedGroup._meta.db_table in query["sql"]]


def test_the_versions_of_an_older_release_count(hidden_group: Any, group: Any) -> None:
    """Whoever upgrades would open all that was ever hidden."""
    article = write(TITLE, "groups", groups=(hidden_group, group))
    publish(article, audience="members", groups=[])
    noted = set(ever_named())
    NamedGroup.objects.all().delete()
    import_module("cms.migrations.0011_named_groups").note(apps, None)
    assert set(ever_named()) == noted == {(article.pk, hidden_group.pk), (article.pk, group.pk)}


@pytest.mark.parametrize("path", ["choose-page/chosen-multiple/", "bulk/wagtailcore/page/delete/", "bulk/wagtailcore/page/publish/"])
def test_its_number_in_a_query_answers_like_one_that_is_no_ones(clients: dict[str, Any], hidden: ArticlePage, path: str) -> None:
    random, never = (clients["pat"].get(f"/cms/{path}?id={number}") for number in (hidden.pk, 999_999))
    if "bulk" in path:
        assert random.status_code == never.status_code == 404
    assert TITLE not in random.content.decode()


def test_a_link_to_it_by_its_number_is_one_to_nothing(clients: dict[str, Any], hidden: ArticlePage, pat: Any) -> None:
    """The draft, its preview and the form showed that there is such a page, and at which address."""
    article = write("Evenings", live=False, owner=pat)
    edit = f"/cms/pages/{article.pk}/edit/"
    for door in (edit, f"{edit}preview/"):
        answers = [clients["pat"].post(door, form(**linking(number)), follow=True) for number in (hidden.pk, 999_999)]
        assert [hidden.slug in answer.content.decode() for answer in answers] == [False, False]
        assert hidden.slug not in clients["pat"].get(door).content.decode()
    wrong = clients["pat"].post(edit, form(**linking(hidden.pk), title=""))
    assert wrong.status_code == 200 and hidden.slug not in wrong.content.decode(), "the form is shown again with what was typed"
    assert "Words" in str(ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object().body), "what it said stays"


def test_a_link_that_was_there_before_stays(clients: dict[str, Any], client_of: Any, ada: Any, pat: Any, hidden: ArticlePage) -> None:
    """Catches an editor who cannot save what somebody else has linked to a page that is gone, or not for them."""
    there, gone = write("Mornings"), write("Nights")
    for page in (there, hidden, gone):
        article = write("Evenings", live=False, owner=pat)
        page_pk, edit = page.pk, f"/cms/pages/{article.pk}/edit/"
        assert client_of(ada).post(edit, form(**linking(page.pk))).status_code == 302
        if page == gone:
            gone.delete()
        assert clients["pat"].post(edit, form(**linking(page_pk), title="Evenings again")).status_code == 302
        draft = ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object()
        assert draft.title == "Evenings again" and f'id="{page_pk}"' in str(draft.body[0].value.source)


@pytest.mark.parametrize("number", ["x", "9" * 5000, "\0", "-1", "", "cms.articlepage:1"])
def test_an_id_that_is_no_number_is_not_found(clients: dict[str, Any], hidden: ArticlePage, number: str) -> None:
    """Catches a failure (500) for an address that somebody mistyped."""
    assert clients["pat"].get("/cms/bulk/wagtailcore/page/delete/", {"id": number}).status_code in (400, 404)
    assert clients["pat"].get("/cms/", {"id": number}).status_code in (200, 400)


def test_a_picture_with_the_same_number_is_there(clients: dict[str, Any], hidden: ArticlePage, pat: Any) -> None:
    """Pictures and articles are numbered apart: what is hidden of the one says nothing of the other."""
    image = picture(pat)
    image.renditions.all().delete()  # they know it by its number
    type(image).objects.filter(pk=image.pk).update(id=hidden.pk)
    assert clients["pat"].get(f"/cms/images/chooser/chosen-multiple/?id={hidden.pk}").status_code == 200
    assert clients["pat"].get(f"/cms/bulk/cms/picture/delete/?id={hidden.pk}").status_code == 200


def test_who_is_in_the_group_has_all_of_it(clients: dict[str, Any], hidden: ArticlePage, hidden_group: Any, faye: Any, pat: Any) -> None:
    """Catches doors that are closed for everybody."""
    bring_in(actor=faye, group=hidden_group, member=pat)
    pages = [
        "",
        f"pages/{ensure_tree().pk}/",
        f"pages/{hidden.pk}/",
        f"bulk/wagtailcore/page/delete/?id={hidden.pk}",
        f"pages/{hidden.pk}/edit/",
    ]
    for path in pages:
        assert TITLE in clients["pat"].get(f"/cms/{path}").content.decode(), path
