"""How the centre's settings are laid out in the editor."""

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface

from .periods import KINDS

_colors = _(
    "Written as # and six digits or letters, for example #1f5f5b. A color that makes words hard to read is refused, with its contrast. "
    "What you leave empty stays as it is."
)


def _see() -> str:
    """A link to a page that wears what is saved."""
    return format_html('<p><a href="{}">{}</a></p>', reverse("help"), _("See how Help now looks with what's saved"))


centre = TabbedInterface(
    [
        ObjectList(
            [
                HelpPanel(content=lazy(_see, str)()),
                FieldPanel("name"),
                FieldPanel("time_zone"),
                FieldPanel("adults_only"),
                FieldPanel("leave_to"),
                MultiFieldPanel([FieldPanel("logo"), FieldPanel("logo_dark"), FieldPanel("logo_alt")], heading=_("Logo")),
                FieldPanel("icon"),
                MultiFieldPanel(
                    [
                        FieldRowPanel([FieldPanel("primary_light"), FieldPanel("primary_dark")]),
                        FieldRowPanel([FieldPanel("accent_light"), FieldPanel("accent_dark")]),
                    ],
                    heading=_("Colors"),
                    help_text=_colors,
                ),
            ],
            heading=_("Name and look"),
        ),
        ObjectList(
            [
                FieldPanel("country"),
                InlinePanel("lines", heading=_("Lines of your own"), label=_("line"), max_num=6),
                FieldPanel("no_line"),
                FieldPanel("write_to"),
                FieldPanel("report_hours"),
            ],
            heading=_("Help lines"),
        ),
        ObjectList([FieldPanel("publish_unreviewed"), FieldPanel("review_months"), FieldPanel("listed_words")], heading=_("Library")),
        ObjectList(
            [
                HelpPanel(
                    content=_("Anything older is deleted automatically, within an hour. The privacy page tells everybody these numbers.")
                ),
                *[FieldPanel(name) for name in KINDS],
            ],
            heading=_("How long things are kept"),
        ),
    ]
)
line = [
    FieldPanel("name"),
    FieldRowPanel([FieldPanel("number"), FieldPanel("text")]),
    FieldRowPanel([FieldPanel("hours"), FieldPanel("checked")]),
]
