"""The outbox shows the demo's letters, and exists nowhere else."""

import re

import pytest

from community.centre.models import Centre
from community.kit import mail

OUTBOX = "/outbox/"


@pytest.fixture
def kept(db, settings):
    settings.EMAIL_BACKEND = "community.kit.mail.OutboxBackend"
    mail.send("invitation", to="robin@example.org", context={"link": "http://localhost:8000/invitation/k-_9/", "days": 7})


def test_a_guest_of_the_demo_can_follow_the_link_of_a_letter(kept, client):
    """Who tries the demo has no account yet."""
    Centre(is_demo=True).save()
    page = client.get(OUTBOX).content.decode()
    assert re.search(r'<a href="http://localhost:8000/invitation/k-_9/"[^>]*>', page) and "robin@example.org" in page


@pytest.mark.parametrize("demo, server", [(False, False), (True, True), (False, True)])
def test_outside_the_demo_there_is_no_outbox(kept, client, client_of, ada, settings, demo, server):
    """It holds the keys of everybody who was invited."""
    Centre(is_demo=demo).save()
    settings.MAIL_SERVER = server
    assert client.get(OUTBOX).status_code == client_of(ada).get(OUTBOX).status_code == 404
