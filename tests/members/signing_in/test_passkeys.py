"""Passkeys as a stranger would send them; tests/browser/test_signing_in.py makes and uses real ones."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from community.members.invitations.actions import invite
from tests.joining import link_in, reach

NO_PASSKEYS = [
    "",
    "{}",
    "1",
    "[]",
    '"x"',
    "nonsense",
    '{"id": "x"}',
    '{"id": "x", "rawId": "y"}',
    '{"id": "eA", "rawId": "eA", "response": {}}',
]


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_no_browser_sends_is_refused_at_every_door(alice, ada, client_of, mailoutbox, credential):
    """Catches a 500: fido2 reads what it is given, and breaks where a part of it is missing."""
    Authenticator.objects.create(user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    _invitation, _key = invite(actor=ada, email="robin@example.org")
    guest = Client()
    step = reach(guest, link_in(mailoutbox[-1]), "password/")
    assert "Or with a passkey" in guest.get(step).content.decode()
    doors = [
        (client_of(alice), "/accounts/again/passkey/"),
        (client_of(ada), "/accounts/signing-in/passkeys/add/"),
        (Client(), "/accounts/passkey/"),
        (guest, step),
    ]
    for client, path in doors:
        assert client.post(path, {"credential": credential}).status_code in (200, 302), path
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1
    assert "Step 3 of 5" in guest.get(step).content.decode(), "and the invitation is not used up"
