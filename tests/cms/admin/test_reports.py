"""The editor's reports: what is overdue, dead links, links to pages with fewer readers, and files with where they are used."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import ArticlePage
from tests.cms.articles import paper, picture, publish, schedule, with_picture, write

pytestmark = pytest.mark.postgresql
REPORTS = ("dead-links", "narrower-links", "files")


@pytest.fixture
def pats(client_of: Any, pat: Any) -> Any:
    return client_of(pat)


def report(browser: Any, name: str, **query: str) -> str:
    answer = browser.get(f"/cms/reports/library/{name}/", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows(browser: Any, name: str, **query: str) -> list[str]:
    """The words in each row of a report."""
    body = report(browser, name, **query).partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip() for row in body.split("</tr>")[:-1]]


def leading_to(*pages: ArticlePage, addresses: tuple[str, ...] = ()) -> list[Any]:
    links = [f'<a linktype="page" id="{page.pk}">here</a>' for page in pages] + [f'<a href="{address}">there</a>' for address in addresses]
    return [("text", f"<p>{' '.join(links)}</p>")]


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_the_editors_alone(clients: dict[str, Any], name: str) -> None:
    assert rows(clients["pat"], name) == []
    assert "There are no results" not in report(clients["pat"], name), "what a report with nothing in it means is not said"
    for who in ("charlie", "alice", "mo", "faye", "cora"):
        assert clients[who].get(f"/cms/reports/library/{name}/").status_code == 404, who
    assert clients["guest"].get(f"/cms/reports/library/{name}/").status_code == 302


def test_wagtails_own_reports_stay_closed(pats: Any) -> None:
    """They name pages that are hidden, and people by their address."""
    for name in ("workflow", "workflow_tasks", "page-types-usage", "aging-pages", "site-history", "locked"):
        for query in ("", "?export=csv"):
            assert pats.get(f"/cms/reports/{name}/{query}").status_code == 404, name


def test_the_menu_leads_to_each(pats: Any) -> None:
    page = pats.get("/cms/").content.decode()
    addresses = re.findall(r'"url": "(/cms/(?:reports/library/[a-z-]+/|pages/\d+/\?due=overdue[^"]*))"', page.replace("\\u0026", "&"))
    assert len(addresses) == 4
    for address in addresses:
        assert pats.get(address).status_code == 200, address


def test_a_link_that_some_readers_cannot_follow_is_listed(pats: Any, group: Any) -> None:
    """Members met "We can't find that page" where the article said that help was a click away."""
    circle, members, public = write("Circle", "groups", groups=(group,)), write("Members"), write("Public", "public")
    write("Wide", "public", body=leading_to(circle, members, public))
    write("Same", "groups", groups=(group,), body=leading_to(circle, members))
    write("Draft", "public", live=False, body=leading_to(members))
    assert rows(pats, "narrower-links") == [
        "Wide Everyone, on the open web Circle Some groups",
        "Wide Everyone, on the open web Members All members",
    ]


def test_no_report_names_what_is_hidden(pats: Any, client_of: Any, ada: Any, hidden_group: Any) -> None:
    """Neither as what leads somewhere, nor as where something leads."""
    image = picture(ada)
    quiet = write("Quiet words", "groups", groups=(hidden_group,), body=with_picture(image))
    write("Quiet too", "groups", groups=(hidden_group,), body=leading_to(write("Gone", live=False)))
    write("Wide", "public", body=leading_to(quiet, write("Quiet draft", "groups", groups=(hidden_group,), live=False)))
    call_command("check_links")
    for name in REPORTS:
        assert "Quiet" not in report(pats, name), name
    assert rows(pats, "narrower-links") == rows(pats, "files") == []
    gone = write("Also wide", "public", body=[("text", '<p><a linktype="page" id="900001">here</a></p>')])
    call_command("check_links")
    told = {row.replace("Also wide", "Wide") for row in rows(pats, "dead-links")}
    assert len(rows(pats, "dead-links")) == 2 and len(told) == 1, "a hidden page is told apart from one that is gone"
    assert gone.title in report(pats, "dead-links")
    assert "Quiet draft" in report(client_of(ada), "dead-links") and len(rows(client_of(ada), "narrower-links")) == 1


def test_what_was_taken_down_has_no_dead_links(pats: Any) -> None:
    """The check looks at what is live alone: what it found before stayed in the report for good."""
    article = write("Evenings", body=leading_to(addresses=("http://localhost:8000/library/none/",)))
    call_command("check_links")
    assert len(rows(pats, "dead-links")) == 1
    article.unpublish()
    assert rows(pats, "dead-links") == []


def test_files_say_where_they_are_used_also_in_what_is_not_published(pats: Any, pat: Any) -> None:
    """An index of what is live alone calls a picture unused that a draft needs."""
    shown, drafted, coming, old, unused = (picture(pat) for _each in range(5))
    for number, each in enumerate((shown, drafted, coming, old, unused)):
        each.title = f"Chair {number}"
        each.save()
    write("Live", body=with_picture(shown))
    write("Draft", live=False, body=with_picture(drafted))
    schedule("Coming", body=with_picture(coming))
    publish(write("Changed", body=with_picture(old)), body=[("text", "<p>Without.</p>")])
    paper(pat)
    assert rows(pats, "files") == [
        "A plan document In no article", "Chair 0 image Live", "Chair 1 image Draft", "Chair 2 image Coming",
        "Chair 3 image In no article", "Chair 4 image In no article",
    ]  # fmt: skip
    assert [row.split(" image")[0] for row in rows(pats, "files", used="yes")] == ["Chair 0", "Chair 1", "Chair 2"]
    assert [row.partition(" In no")[0] for row in rows(pats, "files", used="no")] == ["A plan document", "Chair 3 image", "Chair 4 image"]
    assert pats.get("/cms/reports/library/files/results/", {"used": "no"}).status_code == 200


@pytest.mark.parametrize("name", REPORTS)
def test_a_long_report_asks_no_more_than_a_short_one(pats: Any, pat: Any, name: str) -> None:
    target = write("Members")
    counts = []
    for number in (2, 20):
        for each in range(number):
            body = leading_to(target, addresses=("http://localhost:8000/library/none/",)) + with_picture(picture(pat))
            write(f"Wide {number} {each}", "public", body=body)
        call_command("check_links")
        assert len(rows(pats, name)) >= number
        with CaptureQueriesContext(connection) as asked:
            report(pats, name)
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
