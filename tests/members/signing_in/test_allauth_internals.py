"""What we use of allauth that its documentation does not promise, each thing in the way we use it."""

import inspect
import re

import allauth
import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from community.members.models import User
from community.members.signing_in import allauth_internals as internals
from tests.cast import PASSWORD
from tests.house.tree import ROOMS, ours

HOME = "community/members/signing_in/allauth_internals.py"
INTERNAL = re.compile(
    r"allauth[\w.]*\.(?:internal|core|stages|utils)\b"
    r"|from allauth[\w.]* import .*\b(?:app_settings|core|default_token_generator|stages|utils)\b"
    r"|\b(?:_login_failed_rl_usage|_check_password)\b"
)
LIMITS = {"a": "1/m/ip", "b": "1/m/key"}
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's examples


@pytest.fixture
def request_of(db):
    """A request as allauth sees it: with a session, and found in its context."""

    def make(user=None):
        request = RequestFactory().post("/")
        request.session = SessionStore()
        request.user = user or AnonymousUser()
        return request

    return make


def test_this_version_of_allauth_is_the_one_that_was_read():
    """An upgrade that changes what nobody promised."""
    assert allauth.__version__ == internals.READ_VERSION, (
        f"Compare the modules that {HOME} imports from allauth with those of {internals.READ_VERSION}, and the adapter's "
        "_login_failed_rl_usage and the backend's _authenticate and _check_password; run tests/members; then set READ_VERSION."
    )


def test_nothing_else_uses_the_internals_of_allauth():
    found = [path for path, text in ours(".py", *ROOMS) if INTERNAL.search(text)]
    assert found == [HOME]


def test_how_somebody_proved_who_they_are_is_in_the_session(request_of, alice):
    request = request_of(alice)
    internals.record_authentication(request, alice, "mfa", id=7, type="totp")
    assert request.session[internals.RECORDS_USER_KEY] == internals.user_id_to_str(alice)
    [record] = request.session[internals.RECORDS_KEY]
    assert record == {"method": "mfa", "at": pytest.approx(record["at"]), "id": 7, "type": "totp"}
    internals.clear_login(request)
    assert not request.session.keys()


def test_whether_the_proof_is_fresh_is_asked_of_our_adapter(request_of, alice):
    request = request_of(alice)
    with internals.context.request_context(request):
        assert internals.is_reauthentication_required(request, app="members")
        internals.record_authentication(request, alice, "password")
        assert not internals.is_reauthentication_required(request, app="members")
        with time_machine.travel(request.session[internals.RECORDS_KEY][0]["at"] + internals.account_settings.REAUTHENTICATION_TIMEOUT):
            assert internals.is_reauthentication_required(request, app="members")


def test_a_limit_is_counted_by_network_or_by_key_and_can_be_given_back(request_of):
    request = request_of()
    assert internals.get_ip(request) == "127.0.0.1"
    counted = internals.RateLimitUsage([])
    for action in LIMITS:
        counted.usage += internals.consume(request, app="test", action=action, config=LIMITS, key="x").usage
        assert internals.consume(request, app="test", action=action, config=LIMITS, key="x") is None
    counted.rollback()
    for action in LIMITS:
        assert internals.consume_or_429(request, app="test", action=action, config=LIMITS, key="x") is None
        assert internals.consume_or_429(request, app="test", action=action, config=LIMITS, key="x").status_code == 429


@pytest.mark.parametrize(("password", "is_counted"), [(PASSWORD, False), ("another one", True)])
def test_a_try_is_given_back_where_the_password_was_right(request_of, alice, monkeypatch, password, is_counted):
    request = request_of()
    usage = internals.consume(request, app="test", action="b", config=LIMITS, key="y")
    adapter = get_adapter()
    monkeypatch.setattr(type(adapter), "pre_authenticate", lambda self, *_, **__: internals.count_until_success(self, usage))
    adapter.authenticate(request, email=alice.email, password=password)
    assert (internals.consume(request, app="test", action="b", config=LIMITS, key="y") is None) == is_counted


def test_a_password_is_checked_by_us_and_hashed_where_nobody_is_found(request_of, alice, monkeypatch):
    """Else the time that an answer takes would tell whether somebody is here."""
    request, hashed = request_of(), []
    assert authenticate(request, email=alice.email, password=PASSWORD) == alice
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    assert authenticate(request, email=alice.email, password="another one") is None and hashed == []
    assert authenticate(request, email="nobody@example.org", password=PASSWORD) is None and hashed == [PASSWORD]


def test_codes_of_an_app_are_those_of_the_standard():
    """RFC 6238, appendix B, in six digits; an app shows them with a space."""
    with time_machine.travel(59, tick=False):
        steps = list(internals.yield_hotp_counters_from_time())
    assert steps == [0, 1, 2] and internals.mfa_settings.TOTP_PERIOD == 30
    code = internals.format_hotp_value(internals.hotp_value(SECRET, 1))
    assert code == "287082" and len(code) == internals.mfa_settings.TOTP_DIGITS != internals.mfa_settings.RECOVERY_CODE_DIGITS
    assert internals.compare_user_code(actual="287 082", expected=code)
    assert not internals.compare_user_code(actual="287083", expected=code)


def test_the_key_of_an_app_waits_where_allauth_looks_for_it(request_of):
    request, secret = request_of(), internals.generate_totp_secret()
    request.session[internals.SECRET_SESSION_KEY] = secret
    with internals.context.request_context(request):
        assert get_totp_secret() == secret


def test_the_key_of_an_app_is_stored_encrypted(alice):
    row = internals.TOTP.activate(alice, SECRET).instance
    assert SECRET not in str(Authenticator.objects.get(pk=row.pk).data) and internals.decrypt(row.data["secret"]) == SECRET
    assert internals.decrypt(internals.encrypt(SECRET)) == SECRET


def test_a_link_for_a_password_can_be_used_once(alice):
    token = internals.default_token_generator.make_token(alice)
    assert internals.default_token_generator.check_token(alice, token)
    alice.set_password("another password")
    assert not internals.default_token_generator.check_token(alice, token)


def test_a_passkey_is_asked_to_sign_in_alone(request_of, alice):
    request = request_of(alice)
    with internals.context.request_context(request):
        options = internals.begin_registration(alice, True)["publicKey"]["authenticatorSelection"]
    assert options["residentKey"] == options["userVerification"] == "required"


@pytest.mark.parametrize(
    ("flow", "parameters"),
    [
        (internals.signup_authenticator, ["request", "user", "name", "credential"]),
        (internals.auto_generate_recovery_codes, ["request"]),
    ],
)
def test_what_joining_calls_takes_the_same(flow, parameters):
    """That it does the same is shown by the tests of joining."""
    assert list(inspect.signature(flow).parameters) == parameters
