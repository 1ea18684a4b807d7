"""The chapters of a download about groups: which ones a member belongs or belonged to, asked to join, and what they accepted there.

A group that they may no longer know of stands without its name, and nothing that others wrote there is told of a group that they left.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from community.downloads.chapters import Field, Row, Shape, register
from community.members.models import User

from .models import Acceptance, JoinRequest, Membership, PeerGroup

GROUP = Field(gettext_lazy("Group"))


def _names(member: User) -> dict[object, str]:
    """The names of the groups that they may know of."""
    return dict(PeerGroup.objects.visible_to(member).values_list("pk", "name"))


def _memberships(member: User) -> Iterator[Row]:
    names = _names(member)
    for membership in Membership.objects.filter(member=member).order_by("joined_at"):
        yield {
            "group": names.get(membership.group_id),
            "role": membership.get_role_display(),
            "joined": membership.joined_at,
            "ended": membership.ended_at,
            "by_others": membership.was_removed or None,
        }


def _requests(member: User) -> Iterator[Row]:
    names = _names(member)
    for asked in JoinRequest.objects.filter(member=member).order_by("made_at"):
        yield {
            "group": names.get(asked.group_id),
            "how": asked.origin.capitalize(),
            "state": asked.state.capitalize(),
            "made": asked.made_at,
            "changed": asked.changed_at,
            "message": asked.message,
            "answer": asked.answer if asked.group_id in names else "",
        }


def _acceptances(member: User) -> Iterator[Row]:
    names = _names(member)
    mine = set(PeerGroup.objects.of(member).values_list("pk", flat=True))
    for accepted in Acceptance.objects.filter(member=member).select_related("text").order_by("agreed_at", "pk"):
        group = accepted.text.group_id
        yield {
            "group": names.get(group),
            "version": accepted.text.version,
            "accepted": accepted.agreed_at,
            "text": accepted.text.body if group in mine else "",
        }


register(
    "groups",
    gettext_lazy("Groups"),
    gettext_lazy("Which groups you belong to, and belonged to."),
    "peers.Membership.member",
    fields={
        "group": GROUP,
        "role": Field(gettext_lazy("As")),
        "joined": Field(gettext_lazy("Joined"), Shape.MOMENT),
        "ended": Field(gettext_lazy("Ended"), Shape.MOMENT),
        "by_others": Field(gettext_lazy("Ended by somebody else"), Shape.YES),
    },
    rows=_memberships,
    rank=4,
)
register(
    "group_requests",
    gettext_lazy("Asking to join groups"),
    gettext_lazy("Which groups you asked to join, waited for or were invited to, and what came of it."),
    "peers.JoinRequest.member",
    fields={
        "group": GROUP,
        "how": Field(gettext_lazy("How")),
        "state": Field(gettext_lazy("State")),
        "made": Field(gettext_lazy("Begun"), Shape.MOMENT),
        "changed": Field(gettext_lazy("Changed"), Shape.MOMENT),
        "message": Field(gettext_lazy("What you wrote"), Shape.WORDS),
        "answer": Field(gettext_lazy("What you were answered"), Shape.WORDS),
    },
    rows=_requests,
)
register(
    "agreements",
    gettext_lazy("Agreements of groups"),
    gettext_lazy("Which versions you accepted, with their words where you still belong to the group."),
    "peers.Acceptance.member",
    fields={
        "group": GROUP,
        "version": Field(gettext_lazy("Version"), Shape.NUMBER),
        "accepted": Field(gettext_lazy("Accepted"), Shape.MOMENT),
        "text": Field(gettext_lazy("Agreement"), Shape.WORDS),
    },
    rows=_acceptances,
)
