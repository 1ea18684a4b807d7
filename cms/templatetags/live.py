"""What the editor's pages say of who reads a live article."""

from typing import Any

from django import template

from ..admin import lists

register = template.Library()


@register.simple_tag(takes_context=True)
def why_unreadable(context: dict[str, Any], page: Any) -> str:
    """Return why the one at work can't open what is live of `page`, or nothing where they can."""
    return lists.unreadable_articles(context["request"].user).get(page.pk, "")


@register.simple_tag
def live_readers(page: Any) -> str:
    """Return who reads what is live of an article, in words."""
    return lists.live_readers(page)
