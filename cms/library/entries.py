"""What every kind of entry in the library has: an audience, its words and what they show, and the rights of its editors."""

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
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index

from community.kit.text.order import by_name
from community.members.models import User
from community.members.people.avatars import Drawing
from groups.peers.models import PeerGroup

from ..admin.forms import DrawingInput, EntryForm
from ..admin.wagtail_internals import PagePermissionTester
from ..media.models import LibraryDocument, Picture, files_in
from .audience import Audience, hidden_articles
from .blocks import BodyBlock
from .kinds import Kind, Reader
from .reviews import Review, bodies, edition_of

WORDS_A_MINUTE = 200
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


class EntryQuerySet(PageQuerySet):
    def visible_to(self, asker: Reader) -> "EntryQuerySet":
        """What `asker` may read now. Every door of the library goes through here."""
        now = timezone.now()
        shown = self.live().filter(Q(expire_at=None) | Q(expire_at__gt=now))
        if not asker.is_authenticated:
            return shown.filter(audience=Audience.PUBLIC)
        through = self.model.groups.through.objects.filter(**{self.model._meta.model_name: OuterRef("pk")})
        mine = through.filter(peergroup__memberships__member=asker, peergroup__memberships__ended_at=None)
        return shown.filter(Q(audience__in=[Audience.PUBLIC, Audience.MEMBERS]) | Q(Exists(mine), audience=Audience.GROUPS))


class EntryPermissions(PlacedPermissions):
    """An editor's rights on an entry: none at all on one that names a group which they may not know of."""

    def __init__(self, user: User, page: "Entry") -> None:
        super().__init__(user, page)
        if page.pk and not user.is_superuser and page.pk in hidden_articles(user):
            self.permissions = set()


class Entry(Kind, Page):
    """What is read in the library. What a row holds is what readers get; drafts live in its revisions.

    A kind of entry is a model that inherits this. Its words stand in these fields and in StreamFields or rich text, where reviews and
    the files that they show are looked for; pictures and documents stand nowhere else.
    """

    audience = models.CharField(_("who will see this"), max_length=10, choices=Audience.choices, default=Audience.MEMBERS)
    groups = ParentalManyToManyField(PeerGroup, verbose_name=_("which groups"), blank=True, related_name="+")
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
    minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    # Of the words in this row, and in the content of each version of those there: lists ask for it without reading the words.
    edition = models.CharField(max_length=64, default="", db_default="", editable=False)
    # What this row shows, so that a file can be asked "who may see you" in one query.
    pictures = models.ManyToManyField(Picture, editable=False, related_name="+")
    documents = models.ManyToManyField(LibraryDocument, editable=False, related_name="+")

    objects = PageManager.from_queryset(EntryQuerySet)()

    base_form_class = EntryForm
    parent_page_types: ClassVar[list[str]] = ["cms.LibraryPage"]
    subpage_types: ClassVar[list[str]] = []
    private_page_options: ClassVar[list[str]] = []  # the audience decides, and nothing beside it
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
    ]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = [PublishingPanel()]

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.PUBLIC

    def permissions_for_user(self, user: User) -> PagePermissionTester:
        return EntryPermissions(user, self)

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
        """Save the row; with its words go the minutes it takes, its edition and the files that it shows."""
        fields = kwargs.get("update_fields")
        if fields is not None and not {field.name for field in bodies(self)}.intersection(fields):
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
        """The pictures and documents that it shows."""
        return files_in(found for field in bodies(self) for found in field.extract_references(getattr(self, field.name)))

    def _note_files(self, place: Any) -> None:
        """Note at `place`, this row or a version of it, the files that it shows."""
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

    def readers(self) -> str:
        """Who will see this, in words, for an editor's preview."""
        if self.audience != Audience.GROUPS:
            return str(Audience(self.audience).label)
        return ", ".join(group.name for group in by_name(self.groups.all())) or str(_("No one yet: no group is chosen"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"article": self, "is_preview": getattr(request, "is_preview", False)}
