from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, F, OuterRef, Subquery


def tell(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write down for each channel that it is its group's, what newcomers see there, and who facilitates."""
    group, membership, link = (apps.get_model("peers", name) for name in ("PeerGroup", "Membership", "GroupChannel"))
    channel, participant = (apps.get_model("chat", name) for name in ("Channel", "Participant"))
    rows = channel.objects.values_list("pk", "group")
    link.objects.bulk_create((link(channel_id=pk, group_id=of) for pk, of in rows.iterator()), batch_size=500)
    past = group.objects.filter(pk=OuterRef("group")).values("past")
    channel.objects.update(kind="group", about=F("group"), history_visibility=Subquery(past))
    leading = membership.objects.filter(group=OuterRef("channel__group"), member=OuterRef("member"), ended_at=None, role="facilitator")
    participant.objects.filter(Exists(leading)).update(role="facilitator")


def name_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let each channel name its group again."""
    link, channel = apps.get_model("peers", "GroupChannel"), apps.get_model("chat", "Channel")
    of = link.objects.filter(channel=OuterRef("pk")).values("group")
    channel.objects.update(group=Subquery(of))


class Migration(migrations.Migration):
    """What the new columns and the new table say of the channels that are here already."""

    dependencies = [("peers", "0008_channels")]

    operations = [migrations.RunPython(tell, name_groups)]
