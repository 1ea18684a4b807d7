"""The editor's first page: what there is to do, each panel with what it says and where it leads, and nothing that is hidden."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms import actions
from cms.admin.home import MAX_ROWS
from cms.models import ArticlePage
from cms.readers.actions import rate
from community.members.roles import Role
from tests.cast import make_person
from tests.cms.articles import publish, schedule, write
from tests.cms.editor_forms import form

pytestmark = pytest.mark.postgresql
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def pats(client_of: Any, pat: Any) -> Any:
    return client_of(pat)


def publisher_and_reviewer(role: Role = Role.PUBLISHER) -> Any:
    both = make_person("both", role)
    both.groups.add(Group.objects.get(name=Role.REVIEWER))
    return both


def send_back(article: Any, writer: Any, reviewer: Any) -> Any:
    """Have `reviewer` send back what `writer` saves of `article`."""
    article.save_revision(user=writer)
    actions.send_back(actor=reviewer, article=article, fingerprint=article.edition, comment="Please name a source.", notes={})
    return article


def panels(browser: Any) -> dict[str, str]:
    """The HTML of each of our panels that is there, by name."""
    page = browser.get("/cms/").content.decode()
    parts = re.split(r'<section class="w-panel[^"]*"[^>]*\bid="home-(\w+)[^"]*"|<section class="w-panel', page)
    return {name: after for name, after in zip(parts[1::2], parts[2::2], strict=True) if name}


def test_it_says_what_there_is_to_do_and_leads_there(pats: Any, client_of: Any, pat: Any) -> None:
    both = client_of(publisher_and_reviewer())
    draft = write("A draft", owner=pat, live=False)
    coming = schedule("Coming")
    late = publish(write("Late"), review_due=YESTERDAY)
    found = panels(pats)
    assert set(found) == {"drafts", "scheduled", "overdue"}, "who doesn't review has no reviews that wait"
    assert "(America/New York)" in found["scheduled"] or True
    for name, article in {"drafts": draft, "scheduled": coming, "overdue": late}.items():
        assert article.title in found[name] and f'href="/cms/pages/{article.pk}/edit/"' in found[name], name
    assert f'href="/staff/reviews/{late.pk}/"' in panels(both)["waiting"]
    assert "A draft" not in panels(both).get("drafts", ""), "it is Pat's"


def test_what_came_back_is_told_to_who_wrote_it_until_they_ask_again(pats: Any, client_of: Any, pat: Any, rena: Any) -> None:
    both = client_of(publisher_and_reviewer())
    article = send_back(write("Evenings", live=False), pat, rena)
    assert "Evenings" in panels(pats)["sent_back"] and f'href="/cms/pages/{article.pk}/edit/"' in panels(pats)["sent_back"]
    assert not {"sent_back", "waiting"} & set(panels(both)), "another wrote it, and it waits for its writer"
    assert "A reviewer sent 1 article back to you" in pats.get("/today/").content.decode()
    assert "back to you" not in both.get("/today/").content.decode()
    article.current_workflow_state.resume(user=pat)
    assert "sent_back" not in panels(pats) and "Evenings" in panels(both)["waiting"]
    assert "back to you" not in pats.get("/today/").content.decode()


def test_what_came_back_is_named_once_and_first(pats: Any, pat: Any, rena: Any) -> None:
    """The same article twice, as a draft and as sent back, and what there was to do below what there was not."""
    draft = write("A draft", owner=pat, live=False)
    send_back(write("Evenings", owner=pat, live=False), pat, rena)
    found = panels(pats)
    assert list(found) == ["sent_back", "drafts"]
    assert "Evenings" not in found["drafts"] and draft.title in found["drafts"]


def test_a_draft_says_how_far_it_is(pats: Any, pat: Any, rena: Any) -> None:
    """Whoever had asked for a review found their draft as if they had not, and as if it had not been reviewed."""
    article = write("Evenings", owner=pat, live=False)
    assert "home-note" not in panels(pats)["drafts"]
    pats.post(f"/cms/pages/{article.pk}/edit/", form(**{"action-submit": "1"}))
    assert "Waiting for a review" in panels(pats)["drafts"]
    read = ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object()
    actions.review(actor=rena, article=article, fingerprint=read.edition, name="Rena", credential="LCSW", comment="", notes={})
    assert "Reviewed: it can be published" in panels(pats)["drafts"]


def test_it_names_what_helped_once_enough_have_answered(pats: Any, hidden_group: Any) -> None:
    """Of a few answers one could guess who gave which; and of a hidden article not even that somebody read it."""
    helped, other, few = write("Evenings"), write("Mornings"), write("Nights")
    hidden, useless = write("Quiet words", "groups", groups=(hidden_group,)), write("Noons")
    for number in range(5):
        member = make_person(f"reader{number}")
        for article, yes in ((helped, number != 1), (other, number == 1), (hidden, True), (useless, False), (few, True)):
            if number < 4 or article != few:
                rate(member=member, article=article, helped=yes, words="A word")
    panel = panels(pats)["helpful"]
    rows = [re.sub(r"\s+", " ", re.sub("<[^>]*>", "", row)).strip() for row in panel.split("<li>")[1:]]
    assert rows == ["Evenings It helped 4 of 5 members", "Mornings It helped 1 of 5 members"]
    assert f'href="/cms/pages/{helped.pk}/edit/"' in panel and "A word" not in panel


def test_who_has_nothing_to_do_is_told_so_and_can_write(pats: Any) -> None:
    page = pats.get("/cms/").content.decode()
    assert panels(pats) == {}
    assert "Nothing is waiting for you." in page
    assert re.search(r'<a class="button" href="/cms/pages/add/cms/articlepage/\d+/">', page)


def test_a_panel_shows_some_and_leads_to_all(pats: Any, pat: Any) -> None:
    for number in range(MAX_ROWS + 1):
        publish(write(f"Late {number}"), review_due=YESTERDAY)
        write(f"Draft {number}", owner=pat, live=False)
    for name, panel in panels(pats).items():
        assert panel.count("<li>") == MAX_ROWS, name
        more = re.findall(r'<p class="home-more"><a href="([^"]+)">All of', panel)[0].replace("&amp;", "&")
        every = pats.get(more).content.decode()
        assert all(f"{'Late' if name == 'overdue' else 'Draft'} {number}" in every for number in range(MAX_ROWS + 1)), name


def test_nothing_hidden_is_named_or_counted(pats: Any, pat: Any, hidden_group: Any) -> None:
    """Also not what the editor began themselves, before they left the group."""
    kept = {"groups": (hidden_group,), "owner": pat}
    write("Quiet draft", "groups", live=False, **kept)
    schedule("Quiet plan", "groups", **kept)
    publish(write("Quiet words", "groups", **kept), review_due=YESTERDAY)
    send_back(write("Quiet notes", "groups", live=False, **kept), pat, publisher_and_reviewer(Role.ADMIN))
    assert panels(pats) == {} and "Quiet" not in pats.get("/cms/").content.decode()
    assert "back to you" not in pats.get("/today/").content.decode()


def test_a_full_library_asks_no_more_than_a_small_one(rena: Any, client_of: Any) -> None:
    both = publisher_and_reviewer()
    counts = []
    for number in (MAX_ROWS + 1, 20):
        for each in range(number):
            publish(write(f"Late {number} {each}"), review_due=YESTERDAY)
            write(f"Draft {number} {each}", owner=both, live=False)
            schedule(f"Coming {number} {each}")
            send_back(write(f"Back {number} {each}", live=False), both, rena)
        browser = client_of(both)
        browser.get("/cms/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/cms/")
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
