"""The key that signs pushes, made when the site is migrated, and which addresses and keys of browsers are taken."""

import base64

import pytest
from django.core.management import call_command

from community.kit.ops.condition import troubles
from community.notifications.models import PushKey, PushSubscription
from community.notifications.push import keys
from tests.races import at_once

pytestmark = pytest.mark.django_db


def _migrate():
    call_command("migrate", verbosity=0)


def test_migrating_makes_the_key_of_a_site_that_has_none(client_of, bob, settings):
    """Whoever opened the page of their device first had it made, so a backup of the day before had none."""
    settings.DEFAULT_FROM_EMAIL = "post@example.org"
    PushKey.objects.all().delete()
    _migrate()
    made = PushKey.objects.get()
    _migrate()
    assert f'data-key="{made.public}"' in client_of(bob).get("/me/notifications/device/").content.decode()
    assert PushKey.objects.get() == made


def test_migrating_keeps_a_key_that_it_cannot_read(settings):
    """A restored site is migrated before it has its own secret key again."""
    kept = keys.make()
    settings.SECRET_KEY = "the key of an empty place, before that of the backup is in it"
    _migrate()
    assert PushKey.objects.get() == kept


def test_migrating_goes_on_where_the_key_cannot_be_made(monkeypatch):
    def fail(content):
        raise ValueError(content)

    PushKey.objects.all().delete()
    monkeypatch.setattr(keys, "seal", fail)
    _migrate()
    assert not PushKey.objects.exists()
    monkeypatch.undo()
    assert keys.current() == PushKey.objects.get()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_servers_that_migrate_at_once_end_up_with_one_key():
    PushKey.objects.all().delete()
    at_once(lambda _server: keys.make_first(), (1, 2))
    current = keys.current()
    keys.forget_unused()
    assert PushKey.objects.get() == current


def test_a_site_without_browsers_has_no_trouble_with_push(settings):
    """Every site has a key, and few have an address that push services take on their first day."""
    keys.current()
    settings.DEFAULT_FROM_EMAIL = "post@localhost"
    assert not any("MAINSTAY_MAIL_FROM" in sentence for sentence in troubles())


# ---------------------------------------------------------------- addresses


ALLOWED = [
    "https://fcm.googleapis.com/fcm/send/abc:def", "https://jmt17.google.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://eu1.push.services.mozilla.com/wpush/v2/x", "https://web.push.apple.com/x", "https://wns2-am3p.notify.windows.com/w/?token=a%2b",
    "https://fcm.googleapis.com:443/x",
]  # fmt: skip
REFUSED = [
    "http://fcm.googleapis.com/x", "https://10.0.0.5/x", "https://localhost/x", "https://fcm.googleapis.com:8443/x",
    "https://me:secret@fcm.googleapis.com/x", "https://fcm.googleapis.com@10.0.0.5/x", "https://evilfcm.googleapis.com/x",
    "https://push.apple.com.evil.example/x", "https://evil.example/.push.apple.com", "https://fcm.googleapis.com\\@evil.example/x",
    "https://fcm.googleapis.com", "https://FCM.googleapis.com.evil/x", "//fcm.googleapis.com/x", "https://fcm.googleapis.com/" + "x" * 3000,
    "https://.push.apple.com/x", "https://a..push.apple.com/x", "https://-.push.apple.com/x", f"https://{'a' * 64}.push.apple.com/x",
    f"https://{'a.' * 130}push.apple.com/x",
    "https://fcm.googleapis.com./x", "https://\uff46cm.googleapis.com/x", "https://[::1]/x", "https://fcm.googleapis.com\0/x",
    "https://fcm.googleapis.com:0443/x", "https://fcm.googleapis.com/x#y", "HTTPS://fcm.googleapis.com/x", "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com/a b", "https://fcm.googleapis.com/x\n", "javascript:alert(1)", "", None, 7, ["https://fcm.googleapis.com/x"],
]  # fmt: skip


@pytest.mark.parametrize(("url", "taken"), [*((url, True) for url in ALLOWED), *((url, False) for url in REFUSED)])
def test_only_push_services_are_posted_to(service, client_of, bob, url, taken):
    """Any member could make our server ask machines in the center's own network."""
    told = service.browser().told(keys.current().public) | {"endpoint": url}
    answer = client_of(bob).post("/me/notifications/device/register/", told, content_type="application/json")
    assert answer.status_code == (200 if taken else 400) and PushSubscription.objects.exists() == taken


@pytest.mark.parametrize(
    "change",
    [
        {"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": ""}, {"p256dh": None}, {"auth": 5}, {"p256dh": "é"},
        {"p256dh": base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()},
    ],
)  # fmt: skip
def test_keys_that_are_none_are_refused(service, client_of, bob, change):
    told = service.browser().told(keys.current().public)
    told["keys"] |= change
    answer = client_of(bob).post("/me/notifications/device/register/", told, content_type="application/json")
    assert answer.status_code == 400 and not PushSubscription.objects.exists()
