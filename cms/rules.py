"""Who may do what in this room."""

from typing import Any

from .models import ArticlePage, LibraryDocument, Picture

SETTINGS = {("centre", "centre"), ("members", "consentdraft"), ("peers", "agreementdraft")}  # what admins set in the editor


def may_edit(person: Any) -> bool:
    """True for who has the editor: publishers and admins."""
    return bool(person.is_authenticated and person.has_perm("wagtailadmin.access_admin"))


def may_see_file(asker: Any, file: Picture | LibraryDocument) -> bool:
    """True where an article that `asker` may read shows `file` now, and for who may edit."""
    return ArticlePage.objects.visible_to(asker).filter(pk__in=file.articles.values("pk")).exists() or may_edit(asker)


def is_file_public(file: Picture | LibraryDocument) -> bool:
    """True where a guest may see `file`."""
    from django.contrib.auth.models import AnonymousUser

    return ArticlePage.objects.visible_to(AnonymousUser()).filter(pk__in=file.articles.values("pk")).exists()
