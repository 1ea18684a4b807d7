"""The pages: the site's root, the library, and its articles, each with an audience."""

import math
import re
import secrets
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PagePermissionTester, PageQuerySet
from wagtail.search import index

from community.kit.order import by_name
from community.members.drawings import Drawing
from groups.peers.models import PeerGroup

from .audience import Audience, kept_from
from .blocks import BodyBlock, SourcesBlock
from .forms import ArticleForm, DrawingInput, PageForm
from .media import LibraryDocument, Picture, files_in
from .reviews import Review, edition_of

WORDS_A_MINUTE = 200
CONTENTS_FROM = 6  # headings; below that an article is short enough to scroll
OPAQUE = re.compile(r"[0-9a-f]{16}")


def opaque_slug() -> str:
    """An address that tells nothing of the title, whoever sees it in a history or a log."""
    return secrets.token_hex(8)


class PlacedPermissions(PagePermissionTester):
    """A page that stays where it was made, once, under the one rule of its audience."""

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False

    def can_view_revisions(self) -> bool:
        return bool(super().can_view_revisions() and (self.can_edit() or self.can_publish()))  # as the page of them asks


class FixedPermissions(PlacedPermissions):
    """A page that the house needs where it is: it can be filled, not taken away."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False


class FixedPage(Page):
    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    private_page_options: ClassVar[list[str]] = []  # the audience of each article decides, and nothing beside it

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
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


class ArticleQuerySet(PageQuerySet):
    def visible_to(self, asker: Any) -> "ArticleQuerySet":
        """What `asker` (a member, or Django's anonymous user) may read now. Every door of the library goes through here."""
        now = timezone.now()
        shown = self.live().filter(Q(expire_at=None) | Q(expire_at__gt=now))
        if not asker.is_authenticated:
            return shown.filter(audience=Audience.PUBLIC)
        through = ArticlePage.groups.through.objects.filter(articlepage=OuterRef("pk"))
        mine = through.filter(peergroup__memberships__member=asker, peergroup__memberships__ended_at=None)
        return shown.filter(Q(audience__in=[Audience.PUBLIC, Audience.MEMBERS]) | Q(Exists(mine), audience=Audience.GROUPS))

    def newest_first(self) -> "ArticleQuerySet":
        """In the order of the library's list, without the articles' bodies."""
        return self.defer_streamfields().order_by("-first_published_at", "-pk")


class ArticlePermissions(PlacedPermissions):
    """An editor's rights on an article: none at all on one that names a group which they may not know of."""

    def __init__(self, user: Any, page: "ArticlePage") -> None:
        super().__init__(user, page)
        if page.pk and not user.is_superuser and page.pk in kept_from(user):
            self.permissions = set()


class ArticlePage(Page):
    """An article. What a page row holds is what readers get; drafts live in its revisions."""

    audience = models.CharField(_("who will see this"), max_length=10, choices=Audience.choices, default=Audience.MEMBERS)
    groups = ParentalManyToManyField(PeerGroup, verbose_name=_("which groups"), blank=True, related_name="articles")
    summary = models.CharField(_("in one line"), max_length=200, help_text=_("Shown in the list, under the title."))
    content_note = models.CharField(
        _("content note"),
        max_length=120,
        blank=True,
        help_text=_("What it touches on that someone may want to be ready for: use, loss, self-harm."),
    )
    drawing = models.CharField(
        _("drawing"),
        max_length=10,
        choices=Drawing.choices,
        blank=True,
        help_text=_("Shown above the article and next to it in the list. It is decoration: put what matters into words."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("article"))
    sources = StreamField(SourcesBlock(required=False), verbose_name=_("sources"), blank=True)
    minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    # Of the words in this row, and in the content of each version of those there: lists ask for it without reading the words.
    edition = models.CharField(max_length=64, default="", db_default="", editable=False)
    # What the body of this row shows, so that a file can be asked "who may see you" in one query.
    pictures = models.ManyToManyField(Picture, editable=False, related_name="articles")
    documents = models.ManyToManyField(LibraryDocument, editable=False, related_name="articles")

    objects = PageManager.from_queryset(ArticleQuerySet)()

    base_form_class = ArticleForm
    template = "cms/article.html"
    parent_page_types: ClassVar[list[str]] = ["cms.LibraryPage"]
    subpage_types: ClassVar[list[str]] = []
    private_page_options: ClassVar[list[str]] = []
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("summary", boost=2), index.SearchField("body")]
    content_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("audience", heading=_("Readers"), widget=RadioSelect), FieldPanel("groups", widget=CheckboxSelectMultiple)],
            heading=_("Who will see this"),
            classname="who-will-see",
        ),
        FieldPanel("title", help_text=_("Shown in the list and above the article.")),
        FieldPanel("summary"),
        FieldPanel("content_note"),
        FieldPanel("drawing", widget=DrawingInput),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = [PublishingPanel()]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.PUBLIC

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return ArticlePermissions(user, self)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._hide_title_from_address()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._hide_title_from_address()
        super().minimal_clean()

    def _hide_title_from_address(self) -> None:
        if not OPAQUE.fullmatch(self.slug or ""):
            self.slug = opaque_slug()

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the row; with its body go the minutes it takes, its edition and the files that it shows."""
        fields = kwargs.get("update_fields")
        if fields is not None and "body" not in fields:
            return super().save(*args, **kwargs)
        self.minutes, self.edition = self._minutes(), edition_of(self)
        with transaction.atomic():
            saved = super().save(*args, **kwargs)
            self._note_files(self)
        return saved

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a version with its edition, and note the files that it shows."""
        self.edition = edition_of(self)
        with transaction.atomic():
            revision = super().save_revision(*args, **kwargs)
            self._note_files(revision)
        return revision

    def files(self) -> list[Picture | LibraryDocument]:
        """The pictures and documents that the body shows."""
        return files_in(self._meta.get_field("body").extract_references(self.body))

    def _note_files(self, place: Any) -> None:
        """Note at `place`, this row or a version of it, the files that the body shows."""
        files = self.files()
        place.pictures.set(file for file in files if isinstance(file, Picture))
        place.documents.set(file for file in files if isinstance(file, LibraryDocument))

    def _minutes(self) -> int:
        texts = self.body.stream_block.get_searchable_content(self.body)
        words = sum(len(strip_tags(str(text)).split()) for text in texts)
        return max(1, math.ceil(words / WORDS_A_MINUTE))

    @cached_property
    def review(self) -> Review | None:
        """Who reviewed the very words of this page as it is, if anybody did."""
        return self.reviews.filter(edition=edition_of(self)).first() if self.pk else None

    def contents(self) -> list[tuple[str, str]]:
        """The headings as (anchor, words), where there are many enough to need a list."""
        headings = [(f"part-{n}", block.value) for n, block in enumerate(self.body, 1) if block.block_type == "heading"]
        return headings if len(headings) >= CONTENTS_FROM else []

    def readers(self) -> str:
        """Who will see this, in words, for an editor's preview."""
        if self.audience != Audience.GROUPS:
            return str(Audience(self.audience).label)
        return ", ".join(group.name for group in by_name(self.groups.all())) or str(_("No one yet: no group is chosen"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"article": self, "contents": self.contents(), "is_preview": getattr(request, "is_preview", False)}
