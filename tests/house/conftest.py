"""Things that an outsider must not know of."""

import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from cms.models import Topic
from community.members.models import CardSheet, Cohort, Device, Invitation
from community.notifications.models import Announcement, Notification, PushSubscription
from community.safety.actions import report
from groups.chat.actions import send
from tests.cms.articles import paper, picture, with_document, with_picture, write

Things = dict[str, dict[str, Any]]


@pytest.fixture
def hidden_things(hidden_group: Any, alice: Any, bob: Any, faye: Any, ada: Any) -> Things:
    """Things that Charlie must not know of, as the parameters of their routes."""
    return hide_things(hidden_group, alice, bob, faye, ada)


def hide_things(hidden_group: Any, alice: Any, bob: Any, faye: Any, ada: Any) -> Things:
    """Make them."""
    channel = hidden_group.channels.get()
    message = send(member=alice, channel=channel.pk, client_id=uuid.uuid4(), body="Only for us.")
    invitation = Invitation.objects.create(email="newcomer@example.org", invited_by=ada, key_hash="0" * 64)
    sheet = CardSheet.objects.create(made_by=ada)
    Invitation.objects.create(sheet=sheet, card_number=1, invited_by=ada, key_hash="1" * 64)
    topic = Topic.objects.earliest("pk")
    article = write("Only for the quiet corner", "groups", groups=(hidden_group,), topics=[topic])
    things = {
        "group": {"group": hidden_group.pk},
        "channel": {"channel": channel.pk},
        "message": {"channel": channel.pk, "message": message.id},
        "reported": {"kind": "message", "target": message.id},
        "report": {"report": report(member=faye, kind="message", target_id=message.id, reason="other").pk},
        "member": {"member": alice.pk},
        "membership": {"group": hidden_group.pk, "member": alice.pk},
        "invitation": {"invitation": invitation.pk},
        "sheet": {"sheet": sheet.pk},
        "cohort": {"cohort": Cohort.objects.create(name="Finished in May").pk},
        "passkey": {"pk": Authenticator.objects.create(user=bob, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"}).pk},
        "device": {"device": Device.objects.create(member=alice, session_key="of alice", words="Phone", seen_at=timezone.now()).pk},
        "notification": {"notification": Notification.objects.create(member=alice, kind="mention", about=str(message.pk)).pk},
        "browser": {"browser": PushSubscription.objects.create(member=alice, words="Phone", endpoint_hash="of alice").pk},
        "article": {"slug": article.slug},
        "topic": {"topic": topic.pk},
        "review": {"article": write("For everybody here").pk},  # which a reviewer may know of
        "text": {"kind": "consent"},
        "guide": {"name": "editors"},
        "role": {"member": alice.pk, "role": "moderator"},
    }
    words = {"title": "Only for the quiet corner", "body": "The room is another one.", "made_by": ada}
    for_group = Announcement.objects.create(audience="groups", chosen=[str(hidden_group.pk)], **words)
    things["announcement"] = {"announcement": for_group.pk}
    things["announced"] = {"announcement": Announcement.objects.create(audience="everybody", **words).pk}
    image, leaflet = picture(), paper()
    write("With files", "groups", groups=(hidden_group,), body=with_picture(image) + with_document(leaflet))
    return things | {
        "picture": {"key": image.key, "size": "480"},
        "document": {"key": leaflet.key},
    }
