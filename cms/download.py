"""The chapter of a download about the editor: how somebody on the staff set it up."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, register
from community.members.models import User

from .admin.wagtail_internals import UserProfile


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
