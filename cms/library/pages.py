"""The pages: the site's root, the library, and its articles."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from community.members.models import User

from ..admin.forms import PageForm
from ..admin.wagtail_internals import PagePermissionTester
from .blocks import SourcesBlock
from .entries import Entry, ImmovablePermissions


class FixedPermissions(ImmovablePermissions):
    """Rights on a page that the site needs: it can be edited, and not deleted or unpublished."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return False  # articles are reviewed; the library carries their workflow


class FixedPage(Page):
    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    private_page_options: ClassVar[list[str]] = []  # the audience of each article decides, and nothing beside it

    class Meta:
        abstract = True

    def permissions_for_user(self, user: User) -> PagePermissionTester:
        return FixedPermissions(user, self)


class HomePage(FixedPage):
    """The root of the tree. The page at `/` is the roof's own view."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["cms.LibraryPage"]

    class Meta:
        verbose_name = _("home")


class LibraryPage(FixedPage):
    """The library: the list of articles at /library/."""

    introduction = models.CharField(_("introduction"), max_length=250, blank=True, help_text=_("One or two sentences above the list."))

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.ArticlePage"]
    content_panels: ClassVar[list[Any]] = [FieldPanel("introduction")]
    preview_modes: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("library")


class ArticlePage(Entry):
    """An article."""

    sources = StreamField(SourcesBlock(required=False), verbose_name=_("sources"), blank=True)

    template = "cms/article.html"
    content_panels: ClassVar[list[Any]] = [*Entry.content_panels, FieldPanel("sources")]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
