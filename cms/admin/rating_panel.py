"""What readers said of an article, beside its form: sums, and words without a name."""

from typing import Any

from wagtail.admin.panels import Panel

from community.kit import limits

from ..readers.models import Rating


class RatingPanel(Panel):
    """Says of an article that is there how many found it helpful, once enough have answered."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/rating_panel.html"

        def is_shown(self) -> bool:
            return bool(super().is_shown() and self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            summary = Rating.objects.summaries([self.instance.pk]).get(self.instance.pk)
            return super().get_context_data(parent_context) | {"summary": summary, "least": limits.MIN_RATINGS}
