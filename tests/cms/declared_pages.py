"""A throw-away kind of entry, and other pages that a test declares: each with a table of its own until the test is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Page
from wagtail.models.pages import PAGE_MODEL_CLASSES

from cms.models import Entry, LibraryPage


@contextmanager
def declared(base: type[Page], **members: Any) -> Iterator[type[Any]]:
    """A model of pages called Tale, as `cms` would have it, that `base` and `members` make."""
    before = set(apps.all_models["cms"])
    meta, metaclass = type("Meta", (), {"app_label": "cms"}), type(base)  # type: Any, Any
    tale = metaclass("Tale", (base,), {"__module__": __name__, "Meta": meta, **members})
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LibraryPage, "subpage_types", [*LibraryPage.subpage_types, tale])
            patch.setattr(LibraryPage, "_clean_subpage_models", None)
            yield tale
    finally:
        for name in set(apps.all_models["cms"]) - before:
            del apps.all_models["cms"][name]
        PAGE_MODEL_CLASSES.remove(tale)
        del Page.tale  # the way down to it
        apps.clear_cache()
        ContentType.objects.clear_cache()


@contextmanager
def a_second_kind() -> Iterator[type[Any]]:
    """A kind of entry that says no more than what every entry has, in the caller's transaction."""
    with declared(Entry, template="cms/article.html") as tale:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection, "disable_constraint_checking", lambda: True)  # SQLite does so outside a transaction alone
            with connection.schema_editor() as editor:
                editor.create_model(tale)
        yield tale
