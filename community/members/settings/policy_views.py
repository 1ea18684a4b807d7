"""Pages of policies: agreeing to a new version, reading an older one and, for admins, publishing the next."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from community.centre import policies
from community.kit.errors import Refused
from community.kit.text.markdown import to_html
from community.kit.web.redirects import own_path

from ..access import current_member, for_right
from ..models import ConsentText
from ..roles import Right
from .forms import AgreeForm, PublishForm
from .policy_actions import agree, publish_policy


def _onward(request: HttpRequest) -> str:
    """Where somebody was going when they were asked, if that is a page of this site."""
    return own_path(request, "next") or reverse("today")


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """The newest version, for members who agreed to an older one."""
    member, newest = current_member(request), ConsentText.objects.awaiting(current_member(request))
    if newest is None:
        return redirect(_onward(request))
    form = AgreeForm(request.POST or None, initial={"version": newest.version})
    if request.method == "POST" and form.is_valid():
        try:
            agree(member=member, version=form.cleaned_data["version"])
        except Refused as refusal:
            form = AgreeForm(initial={"version": newest.version})
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("Thank you. That you agreed, and when, is noted under Me."))
            return redirect(_onward(request))
    before = member.consents.select_related("text").order_by("-text").first()
    context = {"form": form, "text": newest, "text_html": to_html(newest.body), "before": before, "onward": _onward(request)}
    return render(request, "members/settings/consent.html", context)


@require_GET
def version(request: HttpRequest, version: int) -> HttpResponse:
    """A published version, as it was agreed to."""
    text = get_object_or_404(ConsentText, version=version)
    return render(request, "members/settings/consent_version.html", {"text": text, "text_html": to_html(text.body)})


def _publishing(fields: dict[str, str], kind: str) -> str:
    return _("Publish the next version: %(text)s") % {"text": policies.POLICIES[kind].label} if kind in policies.POLICIES else ""


@for_right(Right.SET_UP, describe=_publishing)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """The next version as people will see it, its publication, and all versions before."""
    if kind not in policies.POLICIES:
        raise Http404
    found = policies.POLICIES[kind]
    draft = found.draft.load()
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publish_policy(actor=current_member(request), policy=found, fingerprint=form.cleaned_data["fingerprint"])
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("Published."))
        return redirect("members:policy", kind=kind)
    newest = found.newest()
    context = {
        "kind": found,
        "draft": draft,
        "draft_html": found.html(draft.body),
        "is_new": draft.is_new(newest),
        "form": PublishForm(initial={"fingerprint": draft.fingerprint}),
        "versions": [(version, found.html(version.body)) for version in found.versions._default_manager.order_by("-version")],
        "editor": reverse("wagtailsettings:edit", args=[draft._meta.app_label, draft._meta.model_name]),
    }
    return render(request, "members/settings/policy.html", context)
