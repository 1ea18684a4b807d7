"""The chapters of a download about safety: what a member reported, in their own words alone, and whom they have blocked."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, Shape, register
from community.members.models import User

from . import reading
from .models import Report


def _reports(member: User) -> Iterator[Row]:
    for report in Report.objects.filter(reporter=member).order_by("made_at"):
        yield {
            "when": report.made_at,
            "what": report.kind.capitalize(),
            "reason": report.get_reason_display(),
            "state": report.get_state_display(),
            "decided": report.decided_at,
            "note": report.note,
        }


def _blocks(member: User) -> Iterator[Row]:
    for block in reading.blocks_of(member):
        yield {"name": block.blocked.name, "since": block.made_at}


register(
    "reports",
    gettext_lazy("What you reported"),
    gettext_lazy("What you asked the moderators to look at, and what you wrote to them."),
    "safety.Report.reporter",
    fields={
        "when": Field(gettext_lazy("When"), Shape.MOMENT),
        "what": Field(gettext_lazy("What")),
        "reason": Field(gettext_lazy("Reason")),
        "state": Field(gettext_lazy("State")),
        "decided": Field(gettext_lazy("Looked at"), Shape.MOMENT),
        "note": Field(gettext_lazy("What you wrote"), Shape.WORDS),
    },
    rows=_reports,
)
register(
    "blocks",
    gettext_lazy("People you have blocked"),
    gettext_lazy("By the name that they show."),
    "safety.Block.blocker",
    fields={"name": Field(gettext_lazy("Name")), "since": Field(gettext_lazy("Since"), Shape.MOMENT)},
    rows=_blocks,
)
