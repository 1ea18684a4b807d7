"""The topics by which readers find articles: a short list in an order of their own, which admins keep in the editor's settings."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Orderable

from community.kit import limits
from community.kit.text.names import clean_name


def legible(name: str) -> None:
    """Raise ValidationError for a name that nobody could read."""
    clean_name(name)


@register_setting(icon="tag")
class Topics(ClusterableModel, BaseGenericSetting):
    """The topics, as one form of the editor."""

    panels: ClassVar[list[InlinePanel]] = [
        InlinePanel(
            "topics",
            heading=_("Topics"),
            label=_("topic"),
            max_num=limits.MAX_TOPICS,
            help_text=_("In this order above the list of the library. A topic is shown to whoever can read an article in it."),
        )
    ]

    class Meta:
        verbose_name = _("topics of the library")


class Topic(Orderable):
    """What an article may be about. Its name is no secret: keep names of people and of groups out of it."""

    setting = ParentalKey(Topics, on_delete=models.CASCADE, related_name="topics")
    name = models.CharField(_("name"), max_length=40, validators=[legible])

    panels: ClassVar[list[FieldPanel]] = [FieldPanel("name")]

    class Meta(Orderable.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name
