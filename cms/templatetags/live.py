"""Who reads a live article, for the editor's pages."""

from typing import Any

from django import template

from ..admin import lists

register = template.Library()


@register.simple_tag(takes_context=True)
def why_unreadable(context: dict[str, Any], page: Any) -> str:
    """Return why the editor can't open the live version of `page`, or an empty string where they can."""
    return lists.unreadable_articles(context["request"].user).get(page.pk, "")


@register.simple_tag
def live_readers(page: Any) -> str:
    """Return who reads the live version of an article, in words."""
    return lists.live_readers(page)
