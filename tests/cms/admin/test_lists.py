"""What the editor lists: titles in the order of the house, and links to the live page only where it opens."""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cms.admin.tree import ensure_tree
from cms.models import ArticlePage, LibraryDocument, Picture
from tests.cast import bring_in
from tests.cms.articles import paper, photograph, plan, write
from tests.cms.editor_forms import ADD, form

TITLES = [f"{first} tells" for first in ("anna", "Émile", "özlem", "Room 2", "Room 10", "Wren")]


def found(page: Any) -> list[str]:
    """The titles that a page shows, in their order."""
    shown = re.findall(rf">\s*({'|'.join(TITLES)})\s*<", page.content.decode())
    return list(dict.fromkeys(shown))


def lists() -> list[str]:
    library = ensure_tree().pk
    return [
        f"pages/{library}/?", f"pages/{library}/results/?", f"pages/{library}/?q=tells&", "pages/search/?q=tells&",
        "images/?layout=list&", "images/?", "documents/?",
    ]  # fmt: skip


@pytest.mark.postgresql
def test_the_editor_lists_titles_in_the_order_of_every_other_page(client_of: Any, ada: Any) -> None:
    """ "Room 10, Room 2, Wren, anna": the order of the machine that the database was made on, and another one in the next list."""
    for title in reversed(TITLES):
        write(title, "members")
        Picture.objects.create(title=title, file=ContentFile(photograph(), name="a.jpg"))
        LibraryDocument.objects.create(title=title, file=ContentFile(plan(), name="a.pdf"))
    browser = client_of(ada)
    for path in lists():
        assert found(browser.get(f"/cms/{path}ordering=title")) == TITLES, path
        assert found(browser.get(f"/cms/{path}ordering=-title")) == TITLES[::-1], path
    assert found(browser.get("/cms/documents/")) == TITLES, "the order that documents have where nobody asks for one"


def test_an_ordered_list_goes_on_with_its_next_page(client_of: Any, ada: Any) -> None:
    """A page of a list that was ordered after it was cut."""
    for number in range(25, 0, -1):
        LibraryDocument.objects.create(title=f"Plan {number}", file=paper().file)
    LibraryDocument.objects.filter(title="A plan").delete()
    browser = client_of(ada)
    pages = [re.findall(r"Plan (\d+)\s*<", browser.get(f"/cms/documents/?ordering=title&p={page}").content.decode()) for page in (1, 2)]
    assert [list(dict.fromkeys(map(int, each))) for each in pages] == [list(range(1, 21)), list(range(21, 26))]


# ------------------------------------------------------------------- live, and for whom


def pages_that_lead_to(browser: Any, article: ArticlePage) -> list[str]:
    """The editor's pages that lead to where `article` is read."""
    library = ensure_tree().pk
    pages = [
        "", f"pages/{library}/", f"pages/{library}/results/", f"pages/{library}/?q=Evenings", "pages/search/?q=Evenings",
        f"pages/{article.pk}/edit/", f"pages/{article.pk}/history/", f"choose-page/{library}/", "choose-page/search/?q=Evenings",
    ]  # fmt: skip
    shown = {page: browser.get(f"/cms/{page}") for page in pages}
    assert {answer.status_code for answer in shown.values()} == {200}
    assert all(article.title in answer.content.decode() for answer in shown.values())
    return [page for page, answer in shown.items() if leads_to(answer, article)]


def leads_to(answer: Any, article: ArticlePage) -> bool:
    text = answer.content.decode().replace('\\"', '"')  # a chooser answers with HTML in JSON
    return f'href="/library/{article.slug}/"' in text


def publish(browser: Any, address: str, **fields: Any) -> Any:
    """Publish in the editor, and return the page that says so."""
    return browser.post(address, form(**fields, **{"action-publish": "1"}), follow=True)


def test_who_publishes_for_others_is_not_led_to_a_page_that_is_not_there_for_them(
    clients: dict[str, Any], client_of: Any, group: Any, pat: Any, faye: Any
) -> None:
    """ "View live" led to "We can't find that page", which looks as if nothing had been published."""
    readers = {"audience": "groups", "groups": [str(group.pk)]}
    sentence = f"Live for {group.name}. You&#x27;re not in that group, so you can&#x27;t open it here."
    said = publish(clients["pat"], ADD.format(ensure_tree().pk), **readers)
    article = ArticlePage.objects.get(title="Evenings")
    again = publish(clients["pat"], f"/cms/pages/{article.pk}/edit/", **readers)
    assert clients["pat"].get(f"/library/{article.slug}/").status_code == 404
    for answer in (said, again):
        assert sentence in answer.content.decode() and not leads_to(answer, article)
        assert f'href="/cms/pages/{article.pk}/view_draft/"' in answer.content.decode(), "no link to read what was published"
    assert pages_that_lead_to(clients["pat"], article) == []
    assert sentence in clients["pat"].get(f"/cms/pages/{article.pk}/edit/").content.decode()
    bring_in(actor=faye, group=group, member=pat)
    assert len(pages_that_lead_to(client_of(pat), article)) == 8, "no link for somebody who may read it"  # a history has none


def test_who_can_read_what_they_publish_is_led_there(clients: dict[str, Any]) -> None:
    """No link for anybody, where some have none."""
    said = publish(clients["pat"], ADD.format(ensure_tree().pk))
    article = ArticlePage.objects.get(title="Evenings")
    again = publish(clients["pat"], f"/cms/pages/{article.pk}/edit/")
    assert leads_to(said, article) and leads_to(again, article)
    assert len(pages_that_lead_to(clients["pat"], article)) == 8


def test_beside_the_form_stands_who_reads_the_article_now_and_not_what_an_older_draft_said(clients: dict[str, Any], group: Any) -> None:
    """ "Who will see this: All members" beside a form in which a group was chosen: it was the draft that was saved last."""
    article = write("Evenings", "members")
    edit = f"/cms/pages/{article.pk}/edit/"
    clients["pat"].post(edit, form(audience="groups", groups=[str(group.pk)]))
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", clients["pat"].get(edit).content.decode()))
    assert "Who sees it now All members" in shown
    draft = write("Mornings", "members", live=False)
    assert "Who sees it now" not in clients["pat"].get(f"/cms/pages/{draft.pk}/edit/").content.decode()
