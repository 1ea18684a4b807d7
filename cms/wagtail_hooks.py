"""What the editor shows: the library, pictures and documents; the centre's settings for admins; nothing else."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from .audience import kept_from

MENU = {"explorer", "images", "documents", "settings"}


@hooks.register("construct_main_menu")
def only_what_is_used(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in MENU]


@hooks.register("construct_settings_menu")
def only_the_centre(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name == "centre"]


@hooks.register("insert_global_admin_css")
def editor_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/editor.css"))


@hooks.register("construct_page_chooser_queryset")
def only_what_is_known(pages: Any, request: HttpRequest) -> Any:
    return pages.exclude(pk__in=kept_from(request.user))
