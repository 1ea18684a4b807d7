"""The editor's reports: what is overdue, links to pages that fewer people can read, and which files are used where.

Wagtail's own stay closed: they name pages that an editor may not know of, and people by their address.
"""

from typing import Any, ClassVar, NamedTuple

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.models import Page, ReferenceIndex

from community.kit.text.order import by_name
from community.members.access import current_member
from community.members.models import User

from ..library.audience import Audience, hidden_articles
from ..library.dead_links import DeadLink, Why
from ..media.models import LibraryDocument, Picture
from ..media.readers import known_files
from ..media.uses import FILE_FIELDS, File, Use, articles_that_need, is_no_wider, live_entries, needed
from .articles import ALL_OVERDUE, edit_url, list_url
from .wagtail_internals import BaseListingView, DateColumn, TitleColumn

Places = list[tuple[str, str]]


class LibraryReport(BaseListingView):
    """A list of `rows` of the whole library, of which an editor sees what they may know of."""

    paginate_by = 50
    header_icon = "doc-full-inverse"
    template_name = "wagtailadmin/reports/base_report.html"
    results_template_name = "wagtailadmin/reports/base_report_results.html"

    def get_queryset(self) -> list[Any]:
        return self.rows(current_member(self.request))

    def rows(self, editor: User) -> list[Any]:
        raise NotImplementedError


# ------------------------------------------------------------------- dead links


def dead_links(editor: User) -> list[DeadLink]:
    """What the last check found in what is still live. What did not answer once may only have been busy."""
    hidden = hidden_articles(editor)
    found = DeadLink.objects.filter(entry__live=True).exclude(entry__in=hidden).exclude(why=Why.UNREACHABLE, since=F("checked_at"))
    return by_name(found.order_by("pk").select_related("entry"), lambda link: link.entry.title)


class DeadLinks(LibraryReport):
    page_title = _("Links that lead nowhere")
    index_url_name = "library_reports:dead_links"
    no_results_message = _("When links were checked last, every one led somewhere.")
    columns: ClassVar[list[Any]] = [
        TitleColumn("entry", label=_("Article"), accessor="entry.title", get_url=lambda link: edit_url(link.entry_id)),
        Column("target", label=_("Leads to"), accessor="target", classname="wrap-anywhere"),
        Column("why", label=_("What is wrong"), accessor="get_why_display"),
        DateColumn("since", label=_("Since")),
    ]

    def rows(self, editor: User) -> list[DeadLink]:
        return dead_links(editor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A page that the editor may not know of is called like one that is gone."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = context["object_list"]
        hidden = hidden_articles(current_member(self.request))
        titles = dict(Page.objects.filter(pk__in={link.page for link in shown}).exclude(pk__in=hidden).values_list("pk", "draft_title"))
        for link in shown:
            link.target = link.address or titles.get(link.page, _("A page that isn't there"))
            link.why = link.why if link.address or link.page in titles else Why.GONE
        return context


# ------------------------------------------------------------------- links to narrower pages


class NarrowerLink(NamedTuple):
    """A live article, and a live one with fewer readers that it leads to."""

    source: Use
    target: Use


def narrower_links(editor: User) -> list[NarrowerLink]:
    """The links that only some readers of an article can follow: the page that they lead to is not there for the others."""
    pages = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=pages).values_list("object_id", "to_object_id")
    known = {article: use for article, use in live_entries().items() if article not in hidden_articles(editor)}
    pairs = {(int(source), int(target)) for source, target in references}
    links = [NarrowerLink(known[source], known[target]) for source, target in pairs if source in known and target in known]
    narrower = [link for link in links if not is_no_wider(link.source.audience, link.source.groups, [link.target])]
    narrower.sort(key=lambda link: (link.source.article, link.target.article))
    return by_name(narrower, lambda link: link.source.title)


class NarrowerLinks(LibraryReport):
    page_title = _("Links to pages that fewer people can read")
    index_url_name = "library_reports:narrower_links"
    no_results_message = _("Every link leads to a page that all readers of the article can read.")
    columns: ClassVar[list[Any]] = [
        TitleColumn("source", label=_("Article"), accessor="source.title", get_url=lambda link: edit_url(link.source.article)),
        Column("readers", label=_("Who will see this"), accessor=lambda link: Audience(link.source.audience).label),
        TitleColumn("target", label=_("Leads to"), accessor="target.title", get_url=lambda link: edit_url(link.target.article)),
        Column("fewer", label=_("Who will see that"), accessor=lambda link: Audience(link.target.audience).label),
    ]

    def rows(self, editor: User) -> list[NarrowerLink]:
        return narrower_links(editor)


# ------------------------------------------------------------------- files


class UsedFile:
    """A picture or a document in the list, and the articles that need it."""

    def __init__(self, kind: type[File], pk: int, title: str) -> None:
        self.kind, self.pk, self.title = kind, pk, title
        self.articles: Places = []

    @property
    def url(self) -> str:
        name = "wagtailimages:edit" if self.kind is Picture else "wagtaildocs:edit"
        return reverse(name, args=[self.pk])


class FileFilters(WagtailFilterSet):
    used = django_filters.ChoiceFilter(
        label=_("Used"), choices=[("yes", _("In an article")), ("no", _("In none"))], widget=RadioSelect, empty_label=_("All")
    )

    class Meta:
        model = Picture
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """The view asks for what was chosen while it collects two kinds of files."""
        return queryset


class ArticlesColumn(Column):
    cell_template_name = "cms/report_articles.html"


class Files(LibraryReport):
    page_title = _("Files and where they are used")
    index_url_name = "library_reports:files"
    index_results_url_name = "library_reports:files_results"
    no_results_message = _("There are no such files.")
    filterset_class = FileFilters
    columns: ClassVar[list[Any]] = [
        TitleColumn("title", label=_("File"), get_url=lambda file: file.url),
        Column("kind", label=_("Kind"), accessor=lambda file: file.kind._meta.verbose_name),
        ArticlesColumn("articles", label=_("Used in")),
    ]

    def rows(self, editor: User) -> list[UsedFile]:
        used = self.filters.form.cleaned_data["used"] if self.filters.is_valid() else ""
        found = []
        for kind in FILE_FIELDS:
            files = known_files(editor, kind)
            if used:
                needs = kind._default_manager.filter(needed(kind)).values("pk")
                files = files.filter(pk__in=needs) if used == "yes" else files.exclude(pk__in=needs)
            found += [UsedFile(kind, pk, title) for pk, title in files.order_by("pk").values_list("pk", "title").distinct()]
        return by_name(found, lambda file: file.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The articles are asked for of the files on this page of the list alone."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = context["object_list"]
        for kind in (Picture, LibraryDocument):
            articles = articles_that_need(kind, [file.pk for file in shown if file.kind is kind])
            for file in shown:
                if file.kind is kind:
                    titles = by_name(articles[file.pk].items(), lambda article: article[1])
                    file.articles = [(edit_url(article), title) for article, title in titles]
        return context


def menu() -> list[MenuItem]:
    """The reports, as the side bar lists them."""
    return [
        MenuItem(_("Review overdue"), list_url(ALL_OVERDUE), name="overdue", icon_name="time", order=10),
        MenuItem(_("Links that lead nowhere"), reverse("library_reports:dead_links"), name="dead", icon_name="warning", order=20),
        MenuItem(_("Links to narrower pages"), reverse("library_reports:narrower_links"), name="narrower", icon_name="link", order=30),
        MenuItem(_("Files"), reverse("library_reports:files"), name="files", icon_name="doc-full", order=40),
    ]


urlpatterns = [
    path("dead-links/", DeadLinks.as_view(), name="dead_links"),
    path("narrower-links/", NarrowerLinks.as_view(), name="narrower_links"),
    path("files/", Files.as_view(), name="files"),
    path("files/results/", Files.as_view(results_only=True), name="files_results"),
]
