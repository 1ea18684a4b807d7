"""Wagtail's editor speaks of what editors do here in the words of this site: a review, and never moderation or a workflow."""

import re
from typing import Any

import pytest

from cms import actions
from cms.models import ArticlePage
from tests.cms.articles import plain, publish, write
from tests.cms.editor_forms import form

THEIRS = re.compile(r"workflow|moderat|privacy|\bslug|\btask\b", re.I)
ASK, TAKE_BACK = {"action-submit": "1"}, {"action-cancel-workflow": "1"}


def words(answer: Any) -> list[str]:
    """Wagtail's words in what somebody sees or hears of a page of the editor; what isn't there is answered by the site."""
    if answer.status_code == 404:
        return []
    text = re.sub(r"<script.*?</script>|<template.*?</template>|<svg.*?</svg>", " ", answer.content.decode(), flags=re.S)
    heard = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text)
    seen = re.sub(r"<[^>]*>", "\n", text).splitlines()
    return [line.strip() for line in [*heard, *seen] if THEIRS.search(line)]


@pytest.fixture
def article(pat: Any) -> ArticlePage:
    draft = publish(write("Evenings", owner=pat), title="Evenings")
    return ArticlePage.objects.get(pk=draft.pk)


def test_a_review_is_called_a_review_on_every_page_of_the_editor(client_of: Any, pat: Any, rena: Any, article: ArticlePage) -> None:
    """ "Workflow: start" and "Restart workflow" beside "Ask for a review": two names for one thing, of which the guide knows one."""
    client = client_of(pat)
    below = f"/cms/pages/{article.pk}"
    pages = [f"{below}/{name}/" for name in ("edit", "history", "delete", "unpublish", "usage")]
    pages += ["/cms/", f"/cms/pages/{article.get_parent().pk}/", "/cms/pages/search/?q=Evenings"]
    pages += [f"{below}/history/results/"]

    def found() -> dict[str, list[str]]:
        return {page: theirs for page in pages if (theirs := words(client.get(page)))}

    assert found() == {}
    assert words(client.post(f"{below}/edit/", form(title="Evenings") | ASK, follow=True)) == []
    assert found() == {}
    assert words(client.post(f"{below}/edit/", form(title="Evenings") | TAKE_BACK, follow=True)) == []
    client.post(f"{below}/edit/", form(title="Evenings") | ASK)
    draft = ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object()
    actions.send_back(actor=rena, article=article, fingerprint=draft.edition, comment="For whom?", notes={})
    assert found() == {}
    assert words(client.get(f"/cms/pages/workflow/confirm_cancellation/{article.pk}/")) == []
    client.post(f"{below}/edit/", form(title="Evenings") | ASK)
    draft = ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object()
    actions.review(actor=rena, article=article, fingerprint=draft.edition, name="Rena", credential="LCSW")
    assert found() == {}
    history = plain(client.get(f"{below}/history/"))
    for sentence in ("Asked for a review", "Took the request for a review back", "Sent it back", "For whom?", "Reviewed it"):
        assert sentence in history
