"""Who may do what in this room."""

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser
from wagtail.models import Page

from community.members.models import User
from community.members.roles import Right

from .library.audience import hidden_articles
from .library.kinds import Reader, open_to
from .media.readers import known_files
from .media.uses import FILE_FIELDS
from .models import LibraryDocument, Picture

SETTINGS = {  # what admins set in the editor
    ("centre", "centre"), ("cms", "everydaywords"), ("cms", "topics"), ("members", "consentdraft"), ("peers", "agreementdraft"),
}  # fmt: skip
BULK = {  # what the editor does to many things at once: (app, model, action)
    *(("wagtailcore", "page", action) for action in ("delete", "publish", "unpublish")),
    ("cms", "picture", "delete"),
    ("cms", "librarydocument", "delete"),
}


def may_edit(person: Reader) -> TypeGuard[User]:
    """True for those who may use the Wagtail admin: publishers and admins."""
    return isinstance(person, User) and person.has_perm("wagtailadmin.access_admin")


def may_read_drafts(person: Reader) -> TypeGuard[User]:
    """True for those who may see what is not published yet: editors and reviewers."""
    return may_edit(person) or (isinstance(person, User) and person.may(Right.REVIEW))


def may_review(person: User, article: Page) -> bool:
    """True for a reviewer, of an article that they may know of, published or not."""
    return person.may(Right.REVIEW) and article.pk not in hidden_articles(person)


def may_see_file(reader: Reader, file: Picture | LibraryDocument) -> bool:
    """True where a live article that `reader` may read shows `file`, and for those who may read drafts and know of the file."""
    if _is_shown_to(reader, file):
        return True
    return may_read_drafts(reader) and known_files(reader, type(file)).filter(pk=file.pk).exists()


def is_file_public(file: Picture | LibraryDocument) -> bool:
    """True where a guest may see `file`."""
    return _is_shown_to(AnonymousUser(), file)


def _is_shown_to(reader: Reader, file: Picture | LibraryDocument) -> bool:
    return open_to(reader, **{FILE_FIELDS[type(file)]: file}).exists()
