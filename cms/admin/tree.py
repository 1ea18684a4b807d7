"""What an empty site needs before anybody can write: a page tree, a site, and the editors' rights. Idempotent."""

from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)  # fmt: skip

from community.members.roles import HOLDERS, Right

from ..library.kinds import any_of, open_to
from ..models import ClinicianReview, HomePage, LibraryPage, PublicAddress
from ..rules import SETTINGS
from .publishing import locked

PAGES = ("add_page", "change_page", "publish_page")
FILES = (
    ("wagtailimages", ("add_image", "change_image", "choose_image")),
    ("wagtaildocs", ("add_document", "change_document", "choose_document")),
)
STOCK_GROUPS = ("Editors", "Moderators")  # Wagtail creates them with rights on every page; this site has roles of its own


@transaction.atomic
def ensure_tree() -> LibraryPage:
    """Make what is missing of locale, root, home, site, library, its workflow and the editors' rights; return the library."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = _home(root)
    _site(home)
    library = LibraryPage.objects.first()
    if library is None:
        library = home.add_child(instance=LibraryPage(title="Library", slug="library"))
    _workflow(library)
    _rights(library)
    return library


def _home(root: Page) -> HomePage:
    home: HomePage | None = HomePage.objects.first()
    if home is None:
        stock = Page.objects.filter(depth=2, slug="home").first()
        if stock is not None:  # Wagtail's welcome page
            Site.objects.filter(root_page=stock).delete()
            stock.delete()
            root = Page.objects.get(pk=root.pk)
        home = root.add_child(instance=HomePage(title="Home", slug="home"))
    return home


def _site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "root_page_id": home.pk,
        "site_name": "Library",
        "is_default_site": True,
    }
    site = Site.objects.filter(is_default_site=True).first() or Site()
    if any(getattr(site, field) != value for field, value in wanted.items()):
        for field, value in wanted.items():
            setattr(site, field, value)
        site.save()


def _workflow(library: LibraryPage) -> None:
    """Have articles reviewed by one step of ours, in place of Wagtail's workflow, which asks its moderators."""
    Workflow.objects.exclude(workflow_tasks__task__in=ClinicianReview.objects.all()).filter(workflow_states=None).delete()
    task = ClinicianReview.objects.first() or ClinicianReview.objects.create(name="Clinician's review")
    workflow = Workflow.objects.filter(workflow_tasks__task=task).first() or Workflow.objects.create(name="Review")
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    WorkflowPage.objects.update_or_create(page=library, defaults={"workflow": workflow})


def _rights(library: LibraryPage) -> None:
    Group.objects.filter(name__in=STOCK_GROUPS).delete()
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for role in sorted(HOLDERS[Right.WRITE]):
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.add(_permission("wagtailadmin", "access_admin"))
        for codename in PAGES:
            GroupPagePermission.objects.get_or_create(group=group, page=library, permission=_permission("wagtailcore", codename))
        for app, codenames in FILES:
            for codename in codenames:
                GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=_permission(app, codename))
        if role in HOLDERS[Right.SET_UP]:
            settings_of = any_of(Q(content_type__app_label=app, codename=f"change_{model}") for app, model in SETTINGS)
            group.permissions.add(*Permission.objects.filter(settings_of))


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def after_migrate(sender: Any, *, plan: Any = (), **kwargs: Any) -> None:
    """Ensure the tree once all apps have been migrated, in this run or in several, and Django has made the last of the permissions."""
    last = [app for app in apps.get_app_configs() if app.models_module][-1]
    backwards = any(back for _migration, back in plan or ())
    if sender is last and not backwards and not _is_behind():
        ensure_tree()
        name_public_entries()


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def name_public_entries() -> None:
    """Give readable addresses to entries that an earlier release, which had none, published for everyone."""
    unnamed = open_to(AnonymousUser()).exclude(pk__in=PublicAddress.objects.values("entry"))
    for page in unnamed.values_list("pk", flat=True):
        with locked([page]):
            Page.objects.get(pk=page).specific.save(clean=False)
