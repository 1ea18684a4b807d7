"""An upgrade of Wagtail fails here first, with what to look at: we use more of it than its documentation promises."""

import ast
import hashlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import wagtail
from django import forms
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory
from django.urls import reverse
from wagtail import blocks
from wagtail.documents.permissions import permission_policy
from wagtail.models import Page, Revision
from wagtail.rich_text import RichText

from cms.admin import overrides
from cms.admin.tree import ensure_tree
from cms.admin.wagtail_internals import (
    REPLACED,
    VERSION,
    BlockWidget,
    EditingSession,
    FormState,
    LinkRewriter,
    ListValue,
    LogContext,
    PagePermissionTester,
    PageSubscription,
    UploadedFile,
    WagtailDocumentField,
    WagtailImageField,
    found_rows,
    get_active_log_context,
    hash_filelike,
    set_profile,
)
from cms.models import ArticlePage, LibraryDocument, Picture
from tests.cms.articles import paper, photograph, picture, plan, write
from tests.house.tree import ROOT, ours

SEAM = ("cms/admin/wagtail_internals.py", "cms/admin/overrides.py")
WAGTAIL = Path(wagtail.__file__).parent
# What Wagtail's documentation names: the library may import these anywhere.
DOCUMENTED = {
    "wagtail": {"blocks", "hooks"},
    "wagtail.admin": {"messages", "urls"},
    "wagtail.admin.action_menu": {"ActionMenuItem"},
    "wagtail.admin.filters": {"WagtailFilterSet"},
    "wagtail.admin.forms": {"WagtailAdminPageForm"},
    "wagtail.admin.menu": {"MenuItem"},
    "wagtail.admin.panels": {"FieldPanel", "HelpPanel", "InlinePanel", "MultiFieldPanel", "Panel", "PublishingPanel"},
    "wagtail.admin.site_summary": {"PagesSummaryItem"},
    "wagtail.admin.ui.components": {"Component"},
    "wagtail.admin.ui.tables": {"Column"},
    "wagtail.admin.viewsets.pages": {"PageViewSet"},
    "wagtail.blocks": {"ChoiceBlock", "ListBlock", "StreamValue", "StructBlockValidationError", "StructValue"},
    "wagtail.blocks.list_block": {"ListBlockValidationError"},
    "wagtail.blocks.stream_block": {"StreamBlockValidationError"},
    "wagtail.blocks.struct_block": {"StructBlockValidationError"},
    "wagtail.contrib.settings.models": {"BaseGenericSetting", "register_setting"},
    "wagtail.documents.blocks": {"DocumentChooserBlock"},
    "wagtail.documents.forms": {"BaseDocumentForm"},
    "wagtail.documents.models": {"AbstractDocument", "Document"},
    "wagtail.fields": {"StreamField"},
    "wagtail.images": {"get_image_model"},
    "wagtail.images.blocks": {"ImageBlock", "ImageChooserBlock"},
    "wagtail.images.forms": {"BaseImageForm"},
    "wagtail.images.models": {"AbstractImage", "AbstractRendition", "Filter", "Image"},
    "wagtail.log_actions": {"LogFormatter", "log"},
    "wagtail.models": {
        "Collection", "GroupCollectionPermission", "GroupPagePermission", "Locale", "Orderable", "Page", "PageLogEntry", "PageManager",
        "PageQuerySet", "ReferenceIndex", "Revision", "Site", "Task", "TaskState", "Workflow", "WorkflowPage", "WorkflowState",
        "WorkflowTask", "get_page_models",
    },
    "wagtail.rich_text": {"RichText"},
    "wagtail.search": {"index"},
    "wagtail.signals": {"page_published", "page_unpublished", "task_submitted"},
}  # fmt: skip
# The code that we replace, as it was when ours was written.
SOURCES = {
    "BaseListingView.paginate_queryset": "4c75f4f43225",
    "BulkActionRegistry.get_bulk_actions_for_model": "048e611425cd",
    "CollectionOwnershipPermissionPolicy.instances_user_has_any_permission_for": "562497c1eb16",
    "CollectionOwnershipPermissionPolicy.user_has_any_permission_for_instance": "f4fbbfd55d70",
    "CreateView.get_view_live_message_button": "26bcf89a244a",
    "EditView.add_cancel_workflow_confirmation_message": "89245a16c56f",
    "EditView.get_side_panels": "59a602e30720",
    "EditView.get_view_live_message_button": "26bcf89a244a",
    "Notifier.__call__": "8680778a90bc",
    "PageBulkAction.get_all_objects_in_listing_query": "96a6c930cca6",
    "PageListingViewLiveButton.is_shown": "e0ae3cb67db5",
    "PagePermissionPolicy.explorable_instances": "25ef0943d0f2",
    "PublishPageRevisionAction.execute": "cd87b11b1916",
    "ReferenceIndex.get_references_to": "66d1a2db939a",
    "RevisionsUnschedule.post": "b9fd46c6263f",
    "WorkflowState.user_can_cancel": "4d73651fc72c",
    "wagtail.admin.auth.permission_denied": "0a2f47e25b7d",
    "wagtail.admin.filters.popular_tags_for_model": "bf2569d4d206",
    "wagtail.admin.views.chooser.can_choose_page": "e0a6cb1fa451",
    "wagtail.images.views.chooser.popular_tags_for_model": "bf2569d4d206",
}
# Wagtail's templates that ours stand in for, as they were when ours were written.
TEMPLATES = {
    "wagtailadmin/base.html": "d9022f8527df",
    "wagtailadmin/home/account_summary.html": "ff5c7d30e467",
    "wagtailadmin/home/recent_edits.html": "702ad4915072",
    "wagtailadmin/pages/confirm_workflow_cancellation.html": "0be859be023a",
    "wagtailadmin/pages/edit_partials.html": "a92a0fa37c5c",
    "wagtailadmin/shared/page_status_tag.html": "9d4a2f8bd579",
    "wagtailadmin/shared/page_status_tag_new.html": "ccd6a9f6283b",
    "wagtailadmin/shared/side_panels/includes/status/locked.html": "d790461ffcbb",
    "wagtailadmin/shared/side_panels/includes/status/privacy.html": "ee164595d109",
    "wagtailadmin/shared/side_panels/includes/status/workflow.html": "5576087b4e00",
    "wagtailcore/shared/block_preview.html": "e35023cfde06",
}


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_the_version_is_the_one_that_the_seam_was_read_for() -> None:
    """A new version of Wagtail that nobody has read for what we use beyond its documentation."""
    assert wagtail.VERSION[:2] == VERSION, f"read {' and '.join(SEAM)} against this version, then set VERSION"


def test_what_we_replace_has_not_changed() -> None:
    """A method of Wagtail's that does something else by now, in whose place ours still does what the old one did."""
    found = {f"{item.owner.__name__}.{item.name}": fingerprint(inspect.getsource(item.original)) for item in REPLACED}
    assert found == SOURCES, "compare what has changed with what stands for it in cms/admin/overrides.py, then note it here"


def test_the_templates_that_ours_stand_in_for_have_not_changed() -> None:
    """A page of the editor that lost something, since our copy of its template is that of an older version."""
    copies = ["wagtailadmin/home/recent_edits.html"]
    copies += [str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").glob("wagtail*/**/*.html")]
    found = {copy: fingerprint(next(WAGTAIL.rglob(f"templates/{copy}")).read_text()) for copy in copies}
    assert found == TEMPLATES, "compare what has changed with our copy in templates/, then note it here"


def test_what_is_not_documented_is_imported_in_one_place() -> None:
    """An upgrade that breaks an import which nobody has on their list."""
    found = {
        f"{path}: {node.module}.{name.name}"
        for path, text in ours(".py", "cms/")
        if path not in SEAM and "/migrations/" not in path
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "wagtail"
        for name in node.names
        if name.name not in DOCUMENTED.get(node.module or "", ())
    }
    assert found == set(), f"import these in {SEAM[0]}, with the reason"


# ------------------------------------------------------------------- each, called as we call it


@pytest.mark.parametrize("field", [WagtailImageField, WagtailDocumentField])
def test_the_fields_of_uploads_are_fields_of_forms(field: Any) -> None:
    """See cms/media/uploads.py, which looks into a file before these do."""
    assert issubclass(field, forms.FileField)
    assert list(inspect.signature(WagtailImageField.check_image_pixel_size).parameters) == ["self", "f"]
    assert WagtailImageField().max_image_pixels > 0


def test_a_link_to_a_page_is_rewritten_and_every_other_left() -> None:
    """See cms/admin/forms.py: a link is taken out where there is no such page for whoever posts it."""
    outside = '<a href="https://www.who.int/">'
    text = RichText(f'<p><a linktype="page" id="3">a</a>{outside}b</a></p>')
    assert LinkRewriter({"page": lambda to: f"<b{to['id']}>"})(text.source) == f"<p><b3>a</a>{outside}b</a></p>"
    assert list(ListValue(blocks.ListBlock(blocks.RichTextBlock()), values=[text])) == [text]


def test_a_stream_is_read_from_a_form_by_its_widget() -> None:
    """See cms/admin/forms.py: StreamInput leaves out the files that an editor may not use."""
    block = ArticlePage._meta.get_field("body").stream_block
    widget = BlockWidget(block)
    assert widget.block_def is block and isinstance(widget.attrs, dict | None)
    assert len(widget.value_from_datadict({"body-count": "0"}, {}, "body")) == 0


@pytest.mark.parametrize("model", [Picture, LibraryDocument, UploadedFile])
def test_a_file_is_stored_through_the_class_of_its_field(model: Any) -> None:
    """See cms/media/models.py: a file that goes another way is stored with all that it tells."""
    assert model._meta.get_field("file").attr_class.__module__ == "cms.media.models"
    assert issubclass(model._meta.get_field("file").attr_class, FieldFile)


def test_rights_on_a_page_are_a_set_that_can_be_emptied(pat: Any) -> None:
    """See cms/library/entries.py: EntryPermissions."""
    tester = PagePermissionTester(pat, ensure_tree())
    assert isinstance(tester.permissions, set) and tester.can_edit()
    tester.permissions = set()
    assert not (tester.can_edit() or tester.can_publish() or tester.can_add_subpage())


def test_a_profile_of_the_editor_is_found_on_the_person(pat: Any) -> None:
    """See `set_profile`: Wagtail would show times in the zone of the site."""
    set_profile(pat)
    assert pat.wagtail_userprofile.get_current_time_zone() == pat.time_zone
    assert pat.wagtail_userprofile.pk is None, "nothing is stored"


def test_who_is_at_work_is_known_without_a_request(pat: Any) -> None:
    with LogContext(user=pat):
        assert get_active_log_context().user == pat
    assert get_active_log_context().user is None


def test_what_somebody_began_in_the_editor_is_found_by_the_person(pat: Any) -> None:
    """See `cms.actions`, which deletes it with the account."""
    for model in (EditingSession, FormState, PageSubscription):
        assert not model.objects.filter(user=pat).exists()
    assert not UploadedFile.objects.filter(uploaded_by_user=pat).exists()
    assert UploadedFile(for_content_type=None).file.storage


def test_the_hash_of_a_file_is_the_one_that_is_stored_with_it(pat: Any) -> None:
    image = picture(pat)
    with image.file.open("rb") as file:
        assert image.get_file_hash() == hash_filelike(file)


def test_sorting_what_a_search_found_sorts_its_results(db: None) -> None:
    """See `sorted_rows` in cms/admin/sorting.py."""
    for title in ("Evenings", "Mornings"):
        write(title, "members")
    results = Page.objects.live().type(ArticlePage).search("summary")
    before = [page.pk for page in results]
    found_rows(results).reverse()
    assert len(before) == 2 and [page.pk for page in results] == before[::-1]


def test_lists_of_pages_and_files_ask_the_policies(ada: Any, pat: Any) -> None:
    """See `explorable_pages`, `permitted_files` and `may_use_file`."""
    article = write("Evenings", "members")
    assert overrides.PagePermissionPolicy(Page).explorable_instances(pat).filter(pk=article.pk).exists()
    file = paper(pat)
    assert permission_policy.instances_user_has_any_permission_for(ada, ["change"]).filter(pk=file.pk).exists()
    assert permission_policy.user_has_any_permission_for_instance(ada, ["change"], file)


def test_references_are_rows_that_name_their_page(pat: Any) -> None:
    """See `known_references`."""
    file = paper(pat)
    article = write("Evenings", "members", body=[("document", {"document": file, "title": "A plan"})])
    found = overrides.ReferenceIndex.get_references_to(file)
    base = overrides.ReferenceIndex._get_base_content_type(Page)
    assert list(found.values_list("object_id", "base_content_type")) == [(str(article.pk), base.pk)]


def test_publishing_is_an_action_with_a_check(pat: Any) -> None:
    """See `publish_complete`."""
    article = write("Evenings", "members", live=False)
    action = overrides.PublishPageRevisionAction(Revision.objects.get(pk=article.latest_revision_id), user=pat)
    assert action.object.pk == article.pk and action.user == pat
    action.execute()
    assert ArticlePage.objects.get(pk=article.pk).live


def test_the_editor_asks_what_we_replace(client_of: Any, ada: Any) -> None:
    """See `no_popular_tags`, `open_bulk_actions`, `shows_live_button` and `paginate_in_order`, each through the page that asks it."""
    article = write("Evenings", "members")
    browser = client_of(ada)
    listed = browser.get(f"/cms/pages/{ensure_tree().pk}/").content.decode()
    assert "/cms/bulk/wagtailcore/page/publish/" in listed and "/cms/bulk/wagtailcore/page/move/" not in listed
    assert f'href="{article.url}"' in listed
    for path in ("wagtailimages:index", "wagtaildocs:index", "wagtailimages_chooser:choose"):
        assert browser.get(reverse(path)).status_code == 200


def test_what_the_first_page_shows_can_be_narrowed(client_of: Any, ada: Any) -> None:
    """See KnownEdits and KnownPages."""
    request = RequestFactory().get("/cms/")
    request.user = ada
    assert overrides.KnownEdits().get_context_data({"request": request})["last_edits"] == []
    assert overrides.KnownPages(request).get_context_data({})["total_pages"] == 1


def test_links_of_a_text_are_expanded_together(db: None) -> None:
    """See LinkWithAddress."""
    article = write("Evenings", "members")
    expanded = overrides.LinkWithAddress.expand_db_attributes_many([{"id": article.pk}, {"id": ensure_tree().get_parent().pk}, {"id": 0}])
    assert expanded == [f'<a href="{article.url}">', "<a>", "<a>"]


def test_a_picture_and_a_document_come_out_clean(pat: Any) -> None:
    """The end of it all: what is stored of an upload, by whatever door Wagtail lets it in."""
    image = Picture.objects.create(title="A chair", file=ContentFile(photograph(), name="a.jpg"), uploaded_by_user=pat)
    assert image.file.name.endswith(".webp")
    document = LibraryDocument.objects.create(title="A plan", file=ContentFile(plan(), name="a.pdf"), uploaded_by_user=pat)
    assert b"pikepdf" not in document.file.read()
