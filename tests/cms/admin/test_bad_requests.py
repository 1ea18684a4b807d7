"""What a view of Wagtail's cannot read is a bad request or not found, and never a failure: no address breaks the editor."""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from cms.admin import gate
from cms.models import ArticlePage
from community.kit.ids import as_id
from tests.cms.articles import paper, picture, with_document, with_picture, write
from tests.cms.editor_forms import addresses, filled, form, linking, noted

STRANGE: tuple[Any, ...] = ("abc", "9" * 20, "\0", "2026-13-45", ["1", "abc"], "-1", "[]", "")
FIELDS = ("first_published_at", "id", "live", "owner", "audience", "groups", "title")  # by which Wagtail's listings can be narrowed
KNOWN = (
    "/cms/images/chooser/chosen/abc/",
    "/cms/documents/chooser/chosen/abc/",
    "/cms/images/chooser/chosen/%00/",
    "/cms/api/main/pages/?offset=99999999999999999999",
    "/cms/api/main/pages/?limit=-1",
    "/cms/api/main/pages/?first_published_at=abc",
    "/cms/api/main/pages/?id=99999999999999999999",
    "/cms/api/main/pages/?title=%00",
    "/cms/choose-page/?target_pages[]=abc",
    "/cms/images/?collection_id=99999999999999999999",
    "/cms/pages/?owner=99999999999999999999",
)


def doors(image: int, document: int, article: int) -> Iterator[str]:
    """The address of everything that the gate opens to publishers, with numbers of what is there, and with what is no number."""
    for name, address in addresses(gate.urlpatterns):
        if name == "wagtail_bulk_action":
            kinds = {"picture": image, "librarydocument": document, "page": article}
            yield from (f"/cms/bulk/{app}/{kind}/{action}/?id={kinds[kind]}" for app, kind, action in sorted(gate.BULK))
        elif name in gate.FOR_EDITORS:
            number = {"wagtailimages": image, "wagtaildocs": document}.get(name.split(":")[0].removesuffix("_chooser"), article)
            address = re.sub(r"<\w+:(content_type_app_name|app_label)>", "cms", address)
            address = re.sub(r"<\w+:(content_type_model_name|model_name)>", "articlepage", address)
            yield filled(address, number)
            for strange in ("abc", "99999999999999999999", "%00") if number != article else ():
                yield filled(address, strange)  # type: ignore[arg-type]  # that is what is asked


@pytest.fixture
def browser(client_of: Any, pat: Any) -> Any:
    client = client_of(pat)
    client.raise_request_exception = False
    return client


@pytest.fixture
def places(pat: Any) -> list[str]:
    image, document = picture(pat), paper(pat)
    article = write("Evenings", owner=pat, body=with_picture(image) + with_document(document))
    return list(doors(image.pk, document.pk, article.pk))


@pytest.mark.postgresql
@pytest.mark.parametrize("address", KNOWN)
def test_a_number_a_day_or_a_word_that_is_none_is_no_failure(browser: Any, address: str) -> None:
    """Catches the questions by which anybody with the editor got an error page, and the log a failure of the site."""
    assert browser.get(address).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("address", ["choose-external-link/", "choose-email-link/", "choose-phone-link/", "choose-anchor-link/"])
def test_a_form_that_is_sent_empty_is_no_failure(browser: Any, address: str) -> None:
    """Catches a form of Wagtail's that takes its fields for granted."""
    assert browser.post(f"/cms/{address}").status_code in (200, 400)


@pytest.mark.parametrize(
    "sent",
    [
        {"body-count": "x"}, {"body-count": "2"}, {"body-0-order": "x"}, {"body-0-value": "{"}, {"body-0-value": "[]"},
        {"body-0-value": '{"blocks": [{"text": 1}], "entityMap": {}}'},
    ],
)  # fmt: skip
def test_a_body_that_no_form_of_ours_sends_is_no_failure(browser: Any, places: list[str], sent: dict[str, str]) -> None:
    """Our own widget stands before Wagtail's, so that what this could not read passed for a fault of ours."""
    assert browser.post(f"/cms/pages/{ArticlePage.objects.get().pk}/edit/", form(**sent)).status_code == 400


@pytest.mark.parametrize("number", ["x", "9" * 30, "-1", " 1"])
def test_a_link_to_a_number_that_is_no_page_is_not_kept(browser: Any, places: list[str], number: str) -> None:
    """It was published, and nobody could open the article any more: no reader, no reviewer, not even its editor."""
    article = ArticlePage.objects.get()
    edit, words = f"/cms/pages/{article.pk}/edit/", linking(number)
    assert browser.post(edit, form(**words, **{"action-publish": "1"})).status_code == 302
    assert browser.get(edit).status_code == browser.get(f"/library/{article.slug}/").status_code == 200


@pytest.mark.parametrize("named", ["x" * 100, '"><i>', ""])
def test_a_part_gets_a_name_of_ours_where_it_has_none(browser: Any, places: list[str], named: str) -> None:
    """A reviewer's note could not be stored beside a part with a longer name."""
    article = ArticlePage.objects.get()
    assert browser.post(f"/cms/pages/{article.pk}/edit/", form(**{"body-0-id": named})).status_code == 302
    assert all(as_id(part.id) for part in article.get_latest_revision_as_object().body)


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_question_makes_a_view_of_the_editor_fail(browser: Any, places: list[str], method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a view that takes a parameter as it comes: letters for a number, numbers without end, NUL, none, two, a day that is none.

    Each view is asked by every name that it looks for, with the next of the strange values; the names come from the view itself.
    """
    strange, failed, asked = cycle(STRANGE), [], 0
    for place in places:
        with noted(monkeypatch) as names:
            answers = [(None, getattr(browser, method)(place))]
        for name in sorted(names | set(FIELDS if "/api/" in place else ())):
            question = {name: next(strange)}
            answers.append((question, getattr(browser, method)(place, question)))
        asked += len(answers)
        failed += [(place, question, answer.exc_info[0]) for question, answer in answers if answer.status_code >= 500]
    assert asked > 300 and failed == []
