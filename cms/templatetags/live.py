"""Who reads a live article, and in which zone its hours are, for the editor's pages."""

from typing import Any

from django import template

from ..admin import forms, live_articles

register = template.Library()


@register.simple_tag(takes_context=True)
def why_unreadable(context: dict[str, Any], page: Any) -> str:
    """Return why the editor can't open the live version of `page`, or an empty string where they can."""
    return live_articles.unreadable_articles(context["request"].user).get(page.pk, "")


@register.simple_tag
def live_readers(page: Any) -> str:
    """Return who reads the live version of an article, in words."""
    return live_articles.live_readers(page)


@register.simple_tag
def whose_zone() -> str:
    """Return in which zone the hours of a page are, in a sentence."""
    return forms.whose_zone()
