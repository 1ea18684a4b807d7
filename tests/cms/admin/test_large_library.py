"""What the editor lists and what it keeps back cost as many queries with 2,000 articles and 5,000 versions as with a few."""

import datetime as dt
import uuid
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ReferenceIndex

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, DeadLink, Picture
from tests.cms.admin.test_home import publisher_and_reviewer
from tests.cms.articles import picture, with_picture, write
from tests.cms.many import copies, multiply, write_versions

SMALL, LARGE = 20, 2000
LIST = ("", "?ordering=title", "?ordering=-due_on", "?due=overdue", "?reviewed=no", "?state=unpublished", "?audience=public", "?q=Evenings")
REPORTS = ("dead-links/", "narrower-links/", "files/", "files/?used=yes", "files/?used=no")


def grow(first: ArticlePage, count: int) -> None:
    """Make the library `count` articles larger, each like the first: with a version, a picture of its own, and two links that are bad."""
    before = set(ArticlePage.objects.values_list("pk", flat=True))
    multiply([first], count)
    new = [pk for pk in ArticlePage.objects.values_list("pk", flat=True) if pk not in before]
    write_versions(first, new)
    DeadLink.objects.bulk_create(copies(DeadLink.objects.get(entry=first), count, entry_id=new))
    to_page = ReferenceIndex.objects.get(object_id=str(first.pk), to_content_type__model="page")
    ReferenceIndex.objects.bulk_create(copies(to_page, count, object_id=[str(pk) for pk in new]))
    made = Picture.objects.bulk_create(copies(first.pictures.get(), count, key=[uuid.uuid4() for _each in new]))
    shown = ArticlePage.pictures.through
    shown.objects.bulk_create(shown(articlepage_id=pk, picture_id=image.pk) for pk, image in zip(new, made, strict=True))


def test_every_list_asks_as_much_of_2000_articles_as_of_20(client_of: Any, pat: Any) -> None:
    both = publisher_and_reviewer()
    browser, library = client_of(both), ensure_tree().pk
    link = f'<p><a linktype="page" id="{write("Members").pk}">a</a> <a href="http://localhost:8000/library/none/">b</a></p>'
    body = [("text", link), *with_picture(picture(both))]
    late = timezone.localdate() - dt.timedelta(days=1)
    first = write("Evenings", "public", owner=both, body=body, review_due=late)
    first.save_revision(user=both)
    call_command("check_links")
    addresses = [f"/cms/pages/{library}/{query}" for query in LIST]
    addresses += [f"/cms/reports/library/{name}" for name in REPORTS]
    addresses += ["/staff/reviews/", "/cms/", "/today/"]

    def asked() -> dict[str, int]:
        counts = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(address)
            assert page.status_code == 200
            counts[address] = len(queries)
        return counts

    grow(first, SMALL)
    asked()  # with what is read once a process
    few = asked()
    grow(first, LARGE - SMALL)
    assert asked() == few


def test_what_an_editor_may_know_of_asks_as_much_of_5000_versions_as_of_50(client_of: Any, pat: Any, hidden_group: Any) -> None:
    hidden = write("Quiet words", "groups", groups=(hidden_group,))
    first = write("Evenings", "public", owner=pat, body=with_picture(picture(pat)))
    browser, of_first = client_of(pat), f"/cms/pages/{first.pk}"
    addresses = (f"/cms/pages/{ensure_tree().pk}/", f"{of_first}/edit/", f"{of_first}/history/", "/cms/images/", "/cms/")

    def asked() -> dict[str, int]:
        counts = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(address)
            assert page.status_code == 200 and "Quiet" not in page.content.decode()
            counts[address] = len(queries)
        assert browser.get(f"/cms/pages/{hidden.pk}/edit/").status_code == 404
        return counts

    for article in (first, hidden):
        write_versions(article, [article.pk] * 25)
    asked()
    few = asked()
    for article in (first, hidden):
        write_versions(article, [article.pk] * 2475)
    assert asked() == few
