"""One person's roles: what each brings, and giving and taking them, for admins."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community.kit.errors import Refused

from .. import rules, seams
from ..access import current_member, for_right
from ..models import User
from ..roles import LOCAL, Right, Role, rights_of
from . import actions


@dataclass(frozen=True)
class HeldRole:
    """A role as the page shows it for one person."""

    role: Role
    may: list[Right]
    has: bool
    can_take: bool


@for_right(Right.APPOINT)
@require_GET
def person(request: HttpRequest, member: uuid.UUID) -> HttpResponse:
    """What somebody may do here, and why."""
    admin, found = current_member(request), get_object_or_404(User, pk=member)
    context = {
        "person": found,
        "roles": [HeldRole(role, rights_of(role), role in found.roles, rules.may_take(admin, found, role)) for role in Role],
        "local": [(role, role.held(found)) for role in LOCAL],
        "may_get": found.is_active and not found.is_suspended and bool(found.email),
        "sentences": [sentence for said in seams.PERSON if (sentence := said(found))],
    }
    return render(request, "members/people/person.html", context)


def _giving(fields: dict[str, str], member: uuid.UUID, role: str) -> str:
    return _("Give %(name)s this role: %(role)s") % {"name": get_object_or_404(User, pk=member), "role": _role(role).label}


@for_right(Right.APPOINT, describe=_giving)
@require_POST
def give(request: HttpRequest, member: uuid.UUID, role: str) -> HttpResponse:
    return _change_role(request, member, role, actions.give_role, _("%(name)s has this role now: %(role)s."))


def _taking(fields: dict[str, str], member: uuid.UUID, role: str) -> str:
    return _("Take this role away from %(name)s: %(role)s") % {"name": get_object_or_404(User, pk=member), "role": _role(role).label}


@for_right(Right.APPOINT, describe=_taking)
@require_POST
def take(request: HttpRequest, member: uuid.UUID, role: str) -> HttpResponse:
    return _change_role(request, member, role, actions.take_role, _("%(name)s no longer has this role: %(role)s."))


def _change_role(request: HttpRequest, member: uuid.UUID, role: str, act: Callable[..., None], done: str) -> HttpResponse:
    found, changed = get_object_or_404(User, pk=member), _role(role)
    try:
        act(actor=current_member(request), member=found, role=changed)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done % {"name": found, "role": changed.label})
    return redirect("members:person", member=found.pk)


def _role(word: str) -> Role:
    if word not in Role.values:
        raise Http404
    return Role(word)
