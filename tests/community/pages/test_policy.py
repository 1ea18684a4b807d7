"""Reports of what browsers refused on our pages: counted, and nothing else."""

import json
from typing import Any

import pytest
from django.test import Client

from community import csp_reports
from community.centre.retention import forget
from community.kit import limits
from community.kit.models import PolicyReport

REPORTS = "/policy-report/"
HERE = "http://localhost:8000"
SECRET = f"{HERE}/groups/0190a5de-0000-7000-8000-000000000001/?draft=relapse"


def new(page: str = SECRET, directive: str = "script-src-elem", blocked: str = "inline", **more: Any) -> dict[str, Any]:
    body = {"documentURL": page, "effectiveDirective": directive, "blockedURL": blocked, "disposition": "enforce", "sample": "alert"}
    return {"type": "csp-violation", "age": 10, "url": page, "user_agent": "Mozilla/5.0", "body": body} | more


def send(told: Any, kind: str = "application/reports+json", place: str = "192.0.2.1") -> int:
    body = told if isinstance(told, (bytes, str)) else json.dumps(told)
    return Client(REMOTE_ADDR=place).post(REPORTS, body, content_type=kind).status_code


def rows() -> list[tuple[str, str, str, int]]:
    return list(PolicyReport.objects.order_by("pk").values_list("directive", "blocked", "view", "times"))


@pytest.mark.postgresql
def test_a_report_is_counted_in_both_of_its_forms(db: Any) -> None:
    """A policy that breaks a page in some browser, and that nobody ever hears of."""
    old = {"document-uri": SECRET, "violated-directive": "script-src-elem", "blocked-uri": "inline", "original-policy": "…"}
    assert send([new()]) == send({"csp-report": old}, "application/csp-report") == 204
    assert rows() == [("script-src-elem", "inline", "peers:group", 2)]


def test_nothing_that_could_tell_of_anybody_is_kept(db: Any) -> None:
    """An address of a group, of another site, of a visitor, or the line of a page that was refused."""
    send(
        [new(blocked="https://evil.example/who?name=Sam"), new(page="https://elsewhere.example/Sam", directive="Sam-src")],
        place="192.0.2.77",
    )
    kept = str(list(PolicyReport.objects.values()))
    assert not [word for word in ("0190a5de", "relapse", "evil", "Sam", "192.0.2", "Mozilla", "alert", "http") if word in kept]
    assert rows() == [("script-src-elem", "other", "peers:group", 1), ("other", "inline", "other", 1)]


@pytest.mark.parametrize(
    ("blocked", "kept"), [("eval", "eval"), ("data", "data"), ("data:text/html,x", "data"), (f"{HERE}/static/x.js", "self"), ("", "other"),
                          ("http://[", "other"), ("x" * 500, "other"), ("in\0line", "other")]
)  # fmt: skip
def test_what_was_refused_is_kept_in_a_word(db: Any, blocked: str, kept: str) -> None:
    assert send([new(blocked=blocked)]) == 204
    assert rows()[0][1] == kept


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"[" * 16_000, 400), ("null", 400), ("{}", 400), ('[{"type": 1}]', 400), ("[]", 204),
        ('[{"type": "deprecation", "body": {"id": "x"}}]', 204), ('[{"type": "csp-violation"}]', 204), (b" " * 20_000, 413),
        ('[{"type": "csp-violation", "body": {"documentURL": "http://[", "blockedURL": "//"}}]', 204),
    ],
)  # fmt: skip
def test_what_is_no_report_breaks_nothing(db: Any, caplog: Any, told: Any, status: int) -> None:
    """Anybody may post here: an error would fill the log, and a large body the memory."""
    assert send(told) == status and not caplog.records
    assert sum(row[3] for row in rows()) == ("http://[" in str(told))


def test_one_place_gets_tired_and_a_day_has_an_end(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that a stranger can fill."""
    assert [send([]) for _report in range(31)] == [204] * 30 + [429]
    assert send([], place="192.0.2.2") == 204
    monkeypatch.setattr(limits, "MAX_POLICY_REPORT_ROWS_PER_DAY", 2)
    send([new(directive=name) for name in ("script-src", "img-src", "font-src", "style-src", "img-src")], place="192.0.2.3")
    assert rows() == [("script-src", "inline", "peers:group", 1), ("img-src", "inline", "peers:group", 2), ("other", "other", "other", 2)]
    send([new()] * 20, place="192.0.2.4")
    assert rows()[-1][3] == 2 + csp_reports.MAX_VIOLATIONS


def test_they_are_forgotten_with_the_list_of_who_did_what(db: Any) -> None:
    send([new()])
    PolicyReport.objects.update(day="2020-01-01")
    assert forget()["keep_audit"] == 1 and not rows()


@pytest.mark.parametrize("path", ["/", "/help/", "/accounts/login/", "/cms/", "/static/community/css/tokens.css", "/nothing/"])
def test_every_page_says_where_to(db: Any, path: str) -> None:
    answer = Client().get(path)
    assert f"report-uri {REPORTS}" in answer["Content-Security-Policy"] and "report-to policy" in answer["Content-Security-Policy"]
    assert answer["Reporting-Endpoints"] == f'policy="{REPORTS}"'


def test_the_editor_lets_in_no_plug_in(client_of: Any, pat: Any) -> None:
    """Inline scripts are allowed there; `object` and `embed` need not be."""
    told = client_of(pat).get("/cms/")["Content-Security-Policy"]
    assert "object-src 'none'" in told and "unsafe-inline" in told and "report-to policy" in told
