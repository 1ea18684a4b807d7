"""An article is found from the moment it is published and no longer than that, whoever or whatever does it."""

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, SearchTerm, SearchText
from tests.cms.articles import due_now, publish, schedule, write
from tests.cms.editor_forms import ADD, form
from tests.cms.many import multiply
from tests.cms.search.asking import ask, titles

pytestmark = pytest.mark.postgresql

PUBLISH = {"action-publish": "1"}


def found(words: str, client: Client | None = None) -> list[str]:
    """What a guest, or `client`, finds."""
    return titles(ask(client or Client(), words))


def test_published_and_changed_by_the_form(client_of: Any, pat: Any) -> None:
    pats = client_of(pat)
    pats.post(ADD.format(ensure_tree().pk), form(title="Sandcastles", audience="public"))
    article = ArticlePage.objects.get()
    assert found("sandcastles") == []
    edit = f"/cms/pages/{article.pk}/edit/"
    pats.post(edit, form(title="Sandcastles", audience="public", **PUBLISH))
    assert found("sandcastles") == ["Sandcastles"]
    pats.post(edit, form(title="Driftwood", audience="public"))
    assert found("driftwood") == [] and found("sandcastles") == ["Sandcastles"]
    pats.post(edit, form(title="Driftwood", audience="public", **PUBLISH))
    assert found("driftwood") == ["Driftwood"] and found("sandcastles") == []
    old = f"/cms/pages/{article.pk}/revisions/{article.revisions.order_by('pk').first().pk}/revert/"
    pats.post(old, form(title="Sandcastles", audience="public", **PUBLISH))
    assert found("sandcastles") == ["Sandcastles"] and found("driftwood") == []


def test_narrowed_unpublished_and_deleted(client_of: Any, pat: Any, charlie: Any, alice: Any, group: Any) -> None:
    pats, article = client_of(pat), write("Sandcastles", "public")
    assert found("sandcastles") == ["Sandcastles"]
    publish(article, audience="members")
    assert found("sandcastles") == [] and found("sandcastles", client_of(charlie)) == ["Sandcastles"]
    publish(article, audience="groups", groups=[group])
    assert found("sandcastles", client_of(charlie)) == [] and found("sandcastles", client_of(alice)) == ["Sandcastles"]
    pats.post(f"/cms/pages/{article.pk}/unpublish/", {})
    assert found("sandcastles", client_of(alice)) == [] and not SearchTerm.objects.exists()
    publish(article)
    assert found("sandcastles", client_of(alice)) == ["Sandcastles"]
    pats.post(f"/cms/pages/{article.pk}/delete/", {})
    assert not SearchTerm.objects.exists() and not SearchText.objects.exists()


def test_many_at_once(client_of: Any, pat: Any) -> None:
    pats, articles = client_of(pat), [write(f"Sandcastle {name}", "public", live=False) for name in ("North", "South")]
    ids = "&".join(f"id={article.pk}" for article in articles)
    for action, there in (("publish", 2), ("unpublish", 0), ("publish", 2), ("delete", 0)):
        pats.post(f"/cms/bulk/wagtailcore/page/{action}/?{ids}", {})
        assert len(found("sandcastle")) == SearchText.objects.count() == there, action


def test_by_the_schedule(db: None) -> None:
    article = schedule("Sandcastles", "public")
    call_command("publish_scheduled")
    assert found("sandcastles") == []
    due_now(article)
    call_command("publish_scheduled")
    assert found("sandcastles") == ["Sandcastles"]
    ArticlePage.objects.update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    assert found("sandcastles") == [], "it is over already, before the schedule takes it down"
    call_command("publish_scheduled")
    assert not SearchTerm.objects.exists()


def test_a_publication_that_fails_leaves_what_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that says otherwise than the article, since the two were written apart."""
    article = write("Sandcastles", "public")
    with monkeypatch.context() as patched:
        patched.setattr(SearchTerm.objects, "bulk_create", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(article, title="Driftwood")
    assert found("sandcastles") == ["Sandcastles"] and ArticlePage.objects.get().title == "Sandcastles"


def test_the_command_writes_it_anew(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    article, gone = write("Sandcastles", "public"), write("Driftwood", "public")
    SearchTerm.objects.filter(entry=article.pk).delete()
    Page.objects.filter(pk=gone.pk).update(live=False)
    assert found("sandcastles") == []
    call_command("index_library")
    assert "1 articles" in capsys.readouterr().out and found("sandcastles") == ["Sandcastles"]
    assert {*SearchTerm.objects.values_list("entry", flat=True)} == {*SearchText.objects.values_list("entry", flat=True)} == {article.pk}


def test_an_upgrade_finds_what_was_written_before(db: None) -> None:
    body = [
        ("callout", {"tone": "danger", "heading": "Sea", "text": "<p>Sandcastles</p>"}),
        ("steps", {"heading": "", "steps": ["<p>a</p>", "<p>b</p>"]}),
    ]
    article = write("Beach", "public", body=body)
    before = [*SearchTerm.objects.order_by("word").values_list("word", "stem", "weight")]
    SearchTerm.objects.all().delete()
    SearchText.objects.all().delete()
    loader = MigrationLoader(connection)
    key = next(key for key in loader.graph.nodes if key[0] == "cms" and "search_index" in key[1])
    importlib.import_module(f"cms.migrations.{key[1]}").fill(loader.project_state(key).apps, None)
    assert [*SearchTerm.objects.order_by("word").values_list("word", "stem", "weight")] == before and article.title in found("sandcastles")
    assert apps.get_model("cms", "SearchText").objects.count() == 1


def test_two_thousand_results_take_as_many_queries_as_twenty(client_of: Any, alice: Any, group: Any) -> None:
    alices = client_of(alice)
    write("Sandcastles", "groups", groups=(group,))
    multiply([write("Sandcastles by the sea", "public"), write("Sandcastles, drinking again", "members")], 18)
    questions = ("sandcastles", "sandcastels", "relapse sandcastles", "relaps sandcastels zeppelin", "zeppelin")
    ask(alices, "sandcastles")
    few = [count(alices, words) for words in questions]
    multiply([write("Sandcastles, drinking again", "members")], 1980)
    assert "2002 articles" in ask(alices, "sandcastels")
    assert [count(alices, words) for words in questions] == few


def count(client: Client, words: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        ask(client, words)
    return len(queries)
