"""The chapters of a download about the library: what a member said of articles and saved, and how staff set the editor up."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, Shape, register
from community.members.models import User

from .admin.wagtail_internals import UserProfile
from .library.kinds import open_to
from .readers.models import Rating, SavedArticle


def _profile(member: User) -> Iterator[Row]:
    for profile in UserProfile.objects.filter(user=member):
        yield {
            "language": profile.preferred_language,
            "time_zone": profile.current_time_zone,
            "theme": profile.get_theme_display(),
            "density": profile.get_density_display(),
            "contrast": profile.get_contrast_display(),
        }


register(
    "editor",
    gettext_lazy("The editor"),
    gettext_lazy("How you set up the editor, if you have used it."),
    "wagtailusers.UserProfile.user",
    fields={
        "language": Field(gettext_lazy("Language")),
        "time_zone": Field(gettext_lazy("Time zone")),
        "theme": Field(gettext_lazy("Theme")),
        "density": Field(gettext_lazy("Density")),
        "contrast": Field(gettext_lazy("Contrast")),
    },
    rows=_profile,
)


def _with_titles(member: User, rows: Any) -> Iterator[tuple[Any, str]]:
    """Each of these `rows` about articles, with the title of its article where `member` may read that now."""
    titles = dict(open_to(member).filter(pk__in=rows.values("article")).values_list("pk", "title"))
    for row in rows:
        yield row, titles.get(row.article_id, _("An article that you can't read now"))


def _ratings(member: User) -> Iterator[Row]:
    for rating, article in _with_titles(member, Rating.objects.filter(member=member).order_by("at", "pk")):
        yield {"article": article, "helped": rating.helped, "words": rating.words, "when": rating.at}


def _saved(member: User) -> Iterator[Row]:
    for saved, article in _with_titles(member, SavedArticle.objects.filter(member=member)):
        yield {"article": article, "when": saved.at}


register(
    "helpful",
    gettext_lazy("What you said of articles"),
    gettext_lazy("Whether an article in the library helped you, and what you told its editors."),
    "cms.Rating.member",
    fields={
        "article": Field(gettext_lazy("Article")),
        "helped": Field(gettext_lazy("It helped"), Shape.YES),
        "words": Field(gettext_lazy("Your words"), Shape.WORDS),
        "when": Field(gettext_lazy("When"), Shape.MOMENT),
    },
    rows=_ratings,
)
register(
    "read_later",
    gettext_lazy("Read later"),
    gettext_lazy("The articles on your list."),
    "cms.SavedArticle.member",
    fields={"article": Field(gettext_lazy("Article")), "when": Field(gettext_lazy("Saved"), Shape.MOMENT)},
    rows=_saved,
)
