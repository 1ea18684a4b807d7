"""What browsers refused on our pages, as they tell it themselves: counted by day, without anybody's address and without any page's."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from community.kit import limits
from community.kit.models import PolicyReport
from community.kit.web.public_views import same_for_everyone
from community.members.signing_in.allauth_internals import consume

MAX_VIOLATIONS = 10  # that are counted of one report
RATES = {"policy_report": limits.POLICY_REPORTS}
DIRECTIVES = {*settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], *settings.EDITOR_SECURITY_POLICY}
KINDS = {"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-sink", "trusted-types-policy"}
OTHER = "other"


class Violation(msgspec.Struct, rename={"page": "documentURL", "directive": "effectiveDirective", "blocked": "blockedURL"}):
    """A violation, as the Reporting API tells it."""

    page: str = ""
    directive: str = ""
    blocked: str = ""


class ViolationReport(msgspec.Struct):
    type: str
    body: Violation | None = None


class OldViolation(msgspec.Struct, rename={"page": "document-uri", "directive": "violated-directive", "blocked": "blocked-uri"}):
    """The same, as browsers without that API tell it."""

    page: str = ""
    directive: str = ""
    blocked: str = ""


class OldViolationReport(msgspec.Struct, rename={"body": "csp-report"}):
    body: OldViolation


@same_for_everyone
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Count a report. It is anybody's word: only known words of it are kept, and only so many a day."""
    if consume(request, app="mainstay", action="policy_report", config=RATES) is None:
        return HttpResponse(status=429)
    body = request.read(limits.MAX_POLICY_REPORT_BYTES + 1)
    if len(body) > limits.MAX_POLICY_REPORT_BYTES:
        return HttpResponse(status=413)
    try:
        violations = _violations(request.content_type, body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return HttpResponse(status=400)
    for violation in violations[:MAX_VIOLATIONS]:
        _count(violation)
    return HttpResponse(status=204)


def _violations(kind: str | None, body: bytes) -> list[Violation | OldViolation]:
    if kind == "application/csp-report":
        return [msgspec.json.decode(body, type=OldViolationReport).body]
    return [one.body for one in msgspec.json.decode(body, type=list[ViolationReport]) if one.type == "csp-violation" and one.body]


def _count(violation: Violation | OldViolation) -> None:
    kinds = (_directive(violation.directive), _kind(violation.blocked), _view(violation.page))
    found: dict[str, Any] = dict(zip(("directive", "blocked", "view"), kinds, strict=True))
    today = PolicyReport.objects.filter(day=timezone.now().date())
    if not today.filter(**found).exists() and today.count() >= limits.MAX_POLICY_REPORT_ROWS_PER_DAY:
        found = dict.fromkeys(found, OTHER)
    row, _new = PolicyReport.objects.get_or_create(day=timezone.now().date(), **found)
    PolicyReport.objects.filter(pk=row.pk).update(times=F("times") + 1)


def _directive(words: str) -> str:
    name = words.split(" ")[0]
    return name if name.removesuffix("-elem").removesuffix("-attr") in DIRECTIVES else OTHER


def _kind(blocked: str) -> str:
    word = blocked.partition(":")[0] if blocked.startswith(("data:", "blob:")) else blocked
    if word in KINDS:
        return word
    return "self" if _is_ours(blocked) else OTHER


def _view(page: str) -> str:
    """The name of the view that showed a page of ours, as far as an address may say where somebody was."""
    try:
        return resolve(urlsplit(page).path).view_name[:100] if _is_ours(page) else OTHER
    except Resolver404:
        return OTHER


def _is_ours(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # such as http://[
        return False
    return f"{parts.scheme}://{parts.netloc}" in settings.ORIGINS
