"""Whatever is written in the library is an entry, and so within every guard; what an entry shows stands where the guards look."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from wagtail.models import Page, get_page_models

from cms.library.kinds import kinds
from cms.library.pages import FixedPage
from cms.models import ArticlePage, Entry, LibraryDocument, Picture
from tests.cms.declared_pages import declared

SHOWN = (Picture, LibraryDocument)


def escaping(pages: Iterable[type[Any]]) -> list[str]:
    """What of these models no audience, no review or no question of whose a file is would reach."""
    found = [page.__name__ for page in pages if page is not Page and not issubclass(page, Entry | FixedPage)]
    for kind in (page for page in pages if issubclass(page, Entry)):
        own = [field for field in kind._meta.local_fields if field.name not in {field.name for field in ArticlePage._meta.local_fields}]
        found += [f"{kind.__name__}.{field.name}" for field in own if is_beside_the_words(field)]
    return found


def is_beside_the_words(field: Any) -> bool:
    shows = field.is_relation and field.related_model in SHOWN
    says = isinstance(field, models.CharField | models.TextField) and not field.choices and not hasattr(field, "extract_references")
    return bool(shows or says)


def test_every_page_is_an_entry_or_a_fixed_one() -> None:
    """A page without an audience: no list would keep it, no search, no feed, and whoever is in the editor would see it."""
    assert escaping(get_page_models()) == [] and ArticlePage in kinds()


def test_one_that_is_none_is_found() -> None:
    """A question that asks only for what there was when it was written."""
    before = kinds()
    with declared(Page):
        assert escaping(get_page_models()) == ["Tale"] and kinds() == before


def test_a_kind_that_shows_or_says_something_beside_its_words_is_found() -> None:
    """A picture over the title that every reader of the site is served, and words that change under a review."""
    above = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    with declared(Entry, above=above, moral=models.CharField(max_length=200)) as tale:
        assert escaping(get_page_models()) == ["Tale.above", "Tale.moral"] and tale in kinds()
