"""The editor's list of articles: its columns, and the filters beside it."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import django_filters
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from community.kit import limits
from community.kit.text.order import by_name
from community.members.models import User

from ..library.audience import Audience
from ..library.due import due_pages, today, with_newest_fingerprint
from ..library.kinds import any_of, kinds
from ..library.review_requests import sent_back
from ..models import Entry, LibraryPage, Review
from .publishing import scheduled
from .wagtail_internals import (
    BulkActionsColumn,
    DateColumn,
    ExplorableIndexView,
    PageStatusColumn,
    PageTitleColumn,
    page_permission_policy,
)

OVERDUE, SOON = "overdue", "soon"
ALL_OVERDUE = f"?due={OVERDUE}&ordering=due_on"
UNPUBLISHED, SENT_BACK = "unpublished", "sent_back"


class State(NamedTuple):
    """What an article can be, and which are so."""

    label: Any
    condition: Callable[[], Q]


STATES = {
    "live": State(_("Live"), lambda: Q(live=True)),
    UNPUBLISHED: State(
        _("Draft, or with changes that are not published"), lambda: Q(has_unpublished_changes=True) & ~Q(pk__in=scheduled())
    ),
    SENT_BACK: State(_("Sent back by a reviewer"), lambda: Q(pk__in=sent_back().values("article"))),
    "scheduled": State(_("Scheduled"), lambda: Q(pk__in=scheduled())),
    "withdrawn": State(_("Taken down"), lambda: Q(live=False, first_published_at__isnull=False)),
}


def list_url(query: str) -> str:
    """The address of the list of articles, narrowed by `query`."""
    return reverse("wagtailadmin_explore", args=[LibraryPage.objects.get().pk]) + query


def edit_url(article: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[article])


def with_words_reviewed(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages` with `reviewed_at`, the last review of any of their words, and `words_reviewed_at`, that of the newest."""
    reviews = Review.objects.filter(article=OuterRef("pk")).order_by("-at").values("at")
    dated = with_newest_fingerprint(pages).annotate(reviewed_at=Subquery(reviews[:1]))
    return dated.annotate(words_reviewed_at=Subquery(reviews.filter(edition=OuterRef("newest"))[:1]))


def known_authors(request: HttpRequest) -> QuerySet[User]:
    """Those who began an article that the editor may know of."""
    pages = page_permission_policy.explorable_instances(request.user)
    return User.objects.filter(pk__in=pages.order_by().values("owner"))


class AuthorField(django_filters.fields.ModelMultipleChoiceField):
    """Offers authors in the order of their names."""

    def _get_choices(self) -> list[tuple[Any, str]]:
        return [(author.pk, author.name) for author in by_name(self.queryset, lambda author: author.name)]

    choices = property(_get_choices, django_filters.fields.ModelMultipleChoiceField.choices.fset)


class AuthorFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = AuthorField


class ArticleFilters(WagtailFilterSet):
    """Wagtail's own would offer the names of all who ever wrote, also those who only wrote what is hidden from this editor."""

    audience = django_filters.MultipleChoiceFilter(
        label=_("Who will see this"), choices=Audience.choices, widget=CheckboxSelectMultiple, method="of_audience"
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[(key, state.label) for key, state in STATES.items()], widget=RadioSelect, method="in_state",
        empty_label=_("All"),
    )  # fmt: skip
    reviewed = django_filters.ChoiceFilter(
        label=_("Reviewed"), choices=[("yes", _("In its newest words")), ("no", _("Not in its newest words"))], widget=RadioSelect,
        method="is_reviewed", empty_label=_("All"),
    )  # fmt: skip
    due = django_filters.ChoiceFilter(
        label=_("Review due"), choices=[(OVERDUE, _("Overdue")), (SOON, _("Within three months"))], widget=RadioSelect,
        method="is_due", empty_label=_("All"),
    )  # fmt: skip
    owner = AuthorFilter(label=_("Author"), queryset=known_authors, widget=CheckboxSelectMultiple)

    class Meta:
        model = Page
        fields: ClassVar[list[str]] = []

    def of_audience(self, pages: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return pages.filter(any_of(Q(pk__in=kind.objects.filter(audience__in=value).values("pk")) for kind in kinds())) if value else pages

    def in_state(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return pages.filter(STATES[value].condition())

    def is_reviewed(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = with_words_reviewed(Page.objects.type(*kinds())).filter(words_reviewed_at__isnull=value != "yes")
        return _among(pages, found)

    def is_due(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        day = today()
        span: dict[str, Any] = {"due_on__lt": day} if value == OVERDUE else {"due_on__range": (day, day + limits.REVIEW_DUE_SOON)}
        return _among(pages, due_pages(Page.objects.order_by()).filter(**span))


def _among(pages: QuerySet[Any], found: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `pages` that are among `found`, read first: inside a query PostgreSQL may work them out anew for each page."""
    return pages.filter(pk__in=list(found.values_list("pk", flat=True)))


def _audience(page: Page) -> str:
    return str(Audience(page.audience).label) if isinstance(page, Entry) else ""


def _author(page: Page) -> str:
    return page.owner.name if page.owner else ""


def _reviewed(page: Any) -> str:
    if not isinstance(page, Entry):
        return ""
    at = page.words_reviewed_at or page.reviewed_at
    if at is None:
        return _now("No")
    day = date_format(localtime(at), "SHORT_DATE_FORMAT")
    return day if page.words_reviewed_at else _now("Changed since %(day)s") % {"day": day}


def _due(page: Any) -> str:
    day = page.due_on
    if day is None:
        return ""
    words = date_format(day, "SHORT_DATE_FORMAT")
    return _now("%(day)s, overdue") % {"day": words} if day < today() else words


class ArticleList(ExplorableIndexView):
    """The pages below one, with what an editor has to know of each."""

    base_columns: ClassVar[list[Any]] = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("audience", label=_("Who will see this"), accessor=_audience),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
        Column("reviewed", label=_("Reviewed"), accessor=_reviewed),
        Column("due", label=_("Review due"), accessor=_due, sort_key="due_on"),
        Column("author", label=_("Author"), accessor=_author),
        DateColumn("latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"),
    ]

    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return due_pages(super().annotate_queryset(pages)).prefetch_related("owner")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.ordering in ("due_on", "-due_on") and not self.is_searching:
            due = F("due_on")
            return queryset.order_by(due.asc(nulls_last=True) if self.ordering == "due_on" else due.desc(nulls_last=True), "pk")
        return super().order_queryset(queryset)

    def get_valid_orderings(self) -> list[str]:
        orderings: list[str] = super().get_valid_orderings()
        return [each for each in orderings if not (self.is_searching and each.endswith("due_on"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is asked of the words is asked of those on this page of the list alone: it reads each whole version."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = context["object_list"]
        reviewed = with_words_reviewed(Page.objects.filter(pk__in=[page.pk for page in shown]))
        found = {pk: at for pk, *at in reviewed.values_list("pk", "reviewed_at", "words_reviewed_at")}
        for page in shown:
            page.reviewed_at, page.words_reviewed_at = found.get(page.pk, (None, None))
        return context


class ArticleLists(PageViewSet):
    """Puts this list in the place of Wagtail's, for the pages below any page."""

    index_view_class = ArticleList
    filterset_class = ArticleFilters
