"""Hooks of Wagtail's editor: it shows the library, pictures and documents, settings to admins, and nothing else."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import WorkflowState

from community.centre.models import centre
from community.members.access import current_member
from community.members.roles import Right
from community.notifications.actions import mark_read

from .actions import SMALL_CORRECTION, correct
from .admin import reports
from .admin.articles import ArticleLists
from .admin.home import panels_for
from .admin.live_articles import unreadable_articles
from .admin.overrides import KnownEdits, KnownPages, LinkWithAddress
from .admin.publishing import refuse_incomplete
from .admin.review_panel import AskForReview, in_our_words, say_what_was_reviewed
from .admin.wagtail_internals import includes_descendants
from .library.audience import hidden_articles
from .library.pages import HomePage
from .media.uses import overshared_files
from .models import Entry
from .notifying import MISSED, REVIEW_ANSWER
from .reading import new_article_url
from .rules import SETTINGS
from .tasks import MISSED_PUBLICATION

CHANGED = {  # what paste.js says below a text of what was pasted into it
    "images": _("Images were left out: add each as a block of its own."),
    "embedded": _("Videos, forms and other embedded things were left out."),
    "hidden": _("Comments, deleted and hidden words were left out."),
    "links": _("Links that lead to no web page were left out; their words are still there."),
    "tables": _("Tables are lists now, with an item for each row."),
    "levels": _("Headings have two levels here: the deeper ones are all of the second now."),
    "headings": _("There are no headings in this field: they are paragraphs now."),
}
MENU = {"back", "help-now", "guide", "explorer", "images", "documents", "reports", "settings"}


@hooks.register("register_admin_menu_item")
def back_to_the_site() -> MenuItem:
    return MenuItem(_("Back to the site"), reverse("today"), name="back", icon_name="arrow-left", order=0)


@hooks.register("register_admin_menu_item")
def help_now() -> MenuItem:
    return MenuItem(_("Help now"), reverse("help"), name="help-now", icon_name="help", order=10)


@hooks.register("register_admin_menu_item")
def guide() -> MenuItem:
    return MenuItem(_("Guide"), reverse("cms:guide", args=["editors"]), name="guide", icon_name="doc-full-inverse", order=30)


@hooks.register("construct_main_menu")
def limit_main_menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in MENU]
    if current_member(request).may(Right.WRITE):
        items.append(MenuItem(_("Write an article"), new_article_url(), name="write", icon_name="edit", order=20))


@hooks.register("construct_settings_menu")
def limit_settings_menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if (item.model._meta.app_label, item.model._meta.model_name) in SETTINGS]


@hooks.register("register_admin_urls")
def report_addresses() -> list[Any]:
    return [path("reports/library/", include((reports.urlpatterns, "library_reports")))]


@hooks.register("construct_reports_menu")
def limit_reports_menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = reports.menu()


@hooks.register("register_admin_viewset")
def list_articles() -> ArticleLists:
    return ArticleLists()


@hooks.register("register_log_actions", order=1)  # after Wagtail's own
def register_log_words(actions: Any) -> None:
    say_what_was_reviewed(actions)
    actions.register_action(MISSED_PUBLICATION, _("Not published on time"), _("Its time came, but it couldn't be published"))
    actions.register_action(SMALL_CORRECTION, _("Small correction"), _("Published as a small correction: its review stays"))


@hooks.register("insert_global_admin_css")
def stylesheets() -> SafeString:
    """The design tokens of every page, the center's own colors, and how Wagtail uses them."""
    key = centre().look_key
    sheets = [static("community/css/tokens.css"), *([reverse("look", args=[key])] if key else []), static("cms/editor.css")]
    return format_html_join("", '<link rel="stylesheet" href="{}">', ([sheet] for sheet in sheets))


@hooks.register("insert_editor_js")
def editor_scripts() -> SafeString:
    scripts = [(static(f"cms/{name}.js"),) for name in ("editor", "names", "paste")]
    return json_script(CHANGED, "paste-words") + format_html_join("", '<script type="module" src="{}"></script>', scripts)


@hooks.register("insert_global_admin_js")
def site_header() -> SafeString:
    return render_to_string("cms/site_header.html", {"centre": centre()})


@hooks.register("construct_page_chooser_queryset")
def limit_page_chooser(pages: Any, request: HttpRequest) -> Any:
    known = pages.exclude(pk__in=hidden_articles(current_member(request)))
    # What the chooser finds it lets choose, unlike what one browses: browsing needs Home to reach the library.
    is_search = request.resolver_match is not None and request.resolver_match.url_name == "wagtailadmin_choose_page_search"
    return known.not_type(HomePage) if is_search else known


@hooks.register("register_rich_text_features", order=1)  # after Wagtail's own
def register_page_links(features: Any) -> None:
    features.register_link_type(LinkWithAddress)


@hooks.register("before_bulk_action")
def refuse_incomplete_pages(request: HttpRequest, action: str, pages: list[Any], bulk: Any) -> None:
    """Check all pages of a bulk action before it publishes one. Raises Refused: not_whole."""
    if action != "publish":
        return
    published = list(pages)
    if includes_descendants(bulk):
        below = [child for page in pages for child in page.get_descendants().not_live().specific()]
        published += [child for child in below if child.permissions_for_user(request.user).can_publish()]
    refuse_incomplete([page.get_latest_revision_as_object() for page in published], current_member(request))


@hooks.register("before_publish_page")
def keep_review(request: HttpRequest, page: Any) -> None:
    """Keep the review where the form says that only a little was corrected. Raises Refused: not_whole."""
    if "small_correction" in request.POST and isinstance(page, Entry) and not page.review:
        correct(actor=current_member(request), article=page)


@hooks.register("after_publish_page")
def say_who_reads_it(request: HttpRequest, page: Any) -> None:
    """Tell somebody who published for others why they can't open it, instead of a link that would not open."""
    if why := unreadable_articles(current_member(request)).get(page.pk):
        messages.info(request, why)


@hooks.register("before_edit_page")
def note_opened_page(request: HttpRequest, page: Any) -> None:
    mark_read(current_member(request), MISSED.key, REVIEW_ANSWER.key, about=page.pk)
    request_for_review = page.current_workflow_state
    was_sent_back = request_for_review and request_for_review.status == WorkflowState.STATUS_NEEDS_CHANGES
    if was_sent_back and request.method == "GET" and "_w_hydrate_create_view" not in request.GET:
        messages.info(request, _("A reviewer sent this back. What they say stands under Review, the clipboard at the top."))


@hooks.register("construct_page_action_menu")
def call_it_a_review(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    items[:] = in_our_words(items, context.get("page"))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_who_was_asked(request: HttpRequest, page: Any) -> None:
    """Say that a review was asked for, in place of Wagtail's sentence about moderation."""
    requests = page.workflow_states.filter(status=WorkflowState.STATUS_IN_PROGRESS)  # what the page remembers is from before
    if AskForReview.name in request.POST and requests.exists():
        for _theirs in get_messages(request):  # reading them takes them off the list
            pass
        messages.success(request, _("Reviewers are told that “%(article)s” waits for them.") % {"article": page.draft_title})


class OversharedFiles(Component):
    """The pictures and documents of articles with different readers, on an admin's first page."""

    template_name = "cms/overshared_files.html"
    order = 300  # after the edits

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"files": overshared_files()}


@hooks.register("construct_homepage_panels")
def limit_home_panels(request: HttpRequest, panels: list[Any]) -> None:
    editor = current_member(request)
    panels[:] = [*panels_for(editor, new_article_url()), KnownEdits()]
    if editor.may(Right.EVERY_AUDIENCE):
        panels.append(OversharedFiles())


@hooks.register("construct_homepage_summary_items", order=1)  # after Wagtail's own, which stand at 0
def limit_page_count(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [KnownPages(request) if isinstance(item, PagesSummaryItem) else item for item in items]
