"""What every kind of entry in the library has: an audience, words, the files that they show, and the rights of its editors."""

import datetime as dt
import math
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import escape, strip_tags
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, PublishingPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index

from community.centre.models import centre
from community.kit import limits
from community.kit.text.order import by_name
from community.members.models import User
from community.members.people.avatars import Drawing
from groups.peers.models import PeerGroup

from ..admin.forms import EntryDrawingInput, EntryForm
from ..admin.rating_panel import RatingPanel
from ..admin.wagtail_internals import PagePermissionTester
from ..media.models import LibraryDocument, Picture, files_in
from ..search import index as search_index
from .addresses import is_opaque, opaque_slug, slug_for
from .audience import Audience, hidden_articles, record_named_groups
from .blocks import BodyBlock, writing_in
from .headings import contents_of, parts_of
from .hints import Hints, hints_for
from .kinds import EntryKind, Reader
from .review_requests import was_read
from .reviews import Review, content_fields, fingerprint_of
from .topics import Topic, legible

WORDS_PER_MINUTE = 200
FOUND_BY = ("title", "summary", "content_note", "live")  # what a search needs beside the words of the body


class ImmovablePermissions(PagePermissionTester):
    """Rights on a page that cannot be moved, copied or given another restriction than its audience."""

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False

    def can_view_revisions(self) -> bool:
        return bool(super().can_view_revisions() and (self.can_edit() or self.can_publish()))  # the page of versions checks this too


class EntryQuerySet(PageQuerySet):
    def current(self) -> "EntryQuerySet":
        """The entries that are live and have not expired."""
        return self.live().filter(Q(expire_at=None) | Q(expire_at__gt=timezone.now()))

    def visible_to(self, reader: Reader) -> "EntryQuerySet":
        """The entries that `reader` may read now. Every view of the library starts here."""
        live = self.current()
        if not reader.is_authenticated:
            return live.filter(audience=Audience.PUBLIC)
        through = self.model.groups.through.objects.filter(**{self.model._meta.model_name: OuterRef("pk")})
        own_groups = through.filter(peergroup__memberships__member=reader, peergroup__memberships__ended_at=None)
        return live.filter(Q(audience__in=[Audience.PUBLIC, Audience.MEMBERS]) | Q(Exists(own_groups), audience=Audience.GROUPS))


class EntryPermissions(ImmovablePermissions):
    """An editor's rights on an entry: none on one that names a group which they may not know of."""

    def __init__(self, user: User, page: "Entry") -> None:
        super().__init__(user, page)
        if page.pk and not user.is_superuser and page.pk in hidden_articles(user):
            self.permissions = set()


class Entry(EntryKind, Page):
    """A page of the library with an audience. Its row is what readers get; drafts are in its revisions.

    A kind of entry is a model that inherits this. Its words are in these fields and in StreamFields or rich text, where reviews
    look for changes and where files are found; pictures and documents belong nowhere else.
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
    review_due = models.DateField(
        _("review due"),
        null=True,
        blank=True,
        help_text=_(
            "The day when a clinician should read it again. Leave it empty, and the center's usual time counts from the last review."
        ),
    )
    body = StreamField(BodyBlock(), verbose_name=_("article"))
    author = models.CharField(
        _("author"),
        max_length=80,
        blank=True,
        validators=[legible],
        default="",  # what the database would fill in is an object to a form
        db_default="",
        help_text=_("As they want to be named, for everybody who reads it. Leave it empty to name no one."),
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="+")
    start_here = models.BooleanField(
        _("start here"), default=False, db_default=False, help_text=_("Shown first in the library, to those who are new to it.")
    )
    minutes = models.PositiveSmallIntegerField(default=1, editable=False)
    # The fingerprint of the words in this row, and in each stored version of its words: lists compare it without reading them.
    edition = models.CharField(max_length=64, default="", db_default="", editable=False)
    # The files that this row shows, so that one query finds who may see a file.
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
        FieldPanel("body"),
        HelpPanel(heading=_("How it reads"), template="cms/hints_panel.html"),
        FieldPanel("drawing", widget=EntryDrawingInput, classname="collapsed"),
        FieldPanel("author"),
        MultiFieldPanel(
            [FieldPanel("topics", widget=CheckboxSelectMultiple), FieldPanel("start_here")], heading=_("Where readers find it")
        ),
        RatingPanel(heading=_("What readers said")),
        FieldPanel("small_correction"),
    ]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = [FieldPanel("review_due"), PublishingPanel()]

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.PUBLIC

    def permissions_for_user(self, user: User) -> PagePermissionTester:
        return EntryPermissions(user, self)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._begin_opaque()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._begin_opaque()
        super().minimal_clean()

    def _begin_opaque(self) -> None:
        """Give a new entry an address before Wagtail makes one of its title."""
        if self.pk is None and not is_opaque(self.slug):
            self.slug = opaque_slug()

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """One of its versions, at the address of today: that of another day may be another entry's by now, or tell too much."""
        return super().with_content_json(content | {"slug": self.slug})

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the row and, with its words, its address, minutes, fingerprint, the files that they show, and what finds them."""
        fields = kwargs.get("update_fields")
        if fields is not None and not {*FOUND_BY, *(field.name for field in content_fields(self))}.intersection(fields):
            return super().save(*args, **kwargs)
        self.minutes, self.edition = self._minutes(), fingerprint_of(self)
        with transaction.atomic():
            if self.pk:
                self.slug = slug_for(self)
            saved = super().save(*args, **kwargs)
            self._record_files(self)
            if self.live:
                search_index.write(self)
        return saved

    def save_revision(self, *args: Any, overwrite_revision: Any = None, **kwargs: Any) -> Any:
        """Save a version with its fingerprint, the files that it shows, and the groups that it names.

        An autosave writes over none that a reviewer has read.
        """
        self.edition = fingerprint_of(self)
        if overwrite_revision and was_read(overwrite_revision):
            overwrite_revision = None
        with transaction.atomic():
            revision = super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)
            self._record_files(revision)
            record_named_groups(self, is_new=overwrite_revision is None)
        return revision

    def files(self) -> list[Picture | LibraryDocument]:
        """The pictures and documents that it shows."""
        return files_in(found for field in content_fields(self) for found in field.extract_references(getattr(self, field.name)))

    def _record_files(self, row: Any) -> None:
        """Store with `row`, this one or a version of it, the files that it shows."""
        files = self.files()
        row.pictures.set(file for file in files if isinstance(file, Picture))
        row.documents.set(file for file in files if isinstance(file, LibraryDocument))

    def _minutes(self) -> int:
        texts = self.body.stream_block.get_searchable_content(self.body)
        words = sum(len(strip_tags(str(text)).split()) for text in texts)
        return max(1, math.ceil(words / WORDS_PER_MINUTE))

    @cached_property
    def review(self) -> Review | None:
        """The review of exactly the words of this page, if there is one."""
        return self.reviews.filter(edition=fingerprint_of(self)).first() if self.pk else None

    @property
    def updated_at(self) -> dt.datetime | None:
        """When it was published last, where that was on a later day than at first."""
        first, last = self.first_published_at, self.last_published_at
        return last if first and last and timezone.localdate(last) > timezone.localdate(first) else None

    @property
    def is_new(self) -> bool:
        return bool(self.first_published_at and self.first_published_at > timezone.now() - limits.NEW_ARTICLE_PERIOD)

    @property
    def status_string(self) -> str:
        """How far it is, in the words of the editor's lists."""
        if self.workflow_in_progress:
            return str(_("live + in review") if self.live else _("in review"))
        status: str = super().status_string
        return status

    def hints(self) -> Hints:
        """What the editor points out in its words."""
        own = (escape(words) for words in (self.title, self.summary, self.content_note))
        return hints_for([*own, *writing_in(self.body.stream_block, self.body)], centre().word_hints)

    def readers(self) -> str:
        """Who will see this, in words, for an editor's preview."""
        if self.audience != Audience.GROUPS:
            return str(Audience(self.audience).label)
        return ", ".join(group.name for group in by_name(self.groups.all())) or str(_("No one yet: no group is chosen"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        parts = parts_of(self.body)
        shown = {"article": self, "parts": parts, "contents": contents_of(parts)}
        return context | shown | {"is_preview": getattr(request, "is_preview", False)}
