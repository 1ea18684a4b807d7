import django.db.models.deletion
from django.db import migrations, models


def begin_now(apps, schema_editor):
    """What was written before anybody could be notified stays as it is: nobody hears of all of it at once."""
    channels = apps.get_model("chat", "Channel").objects.values_list("pk", "seq", "version")
    cursors = apps.get_model("chat", "NotificationCursor")
    cursors.objects.bulk_create(cursors(channel_id=pk, seq=seq, version=version) for pk, seq, version in channels.iterator())


class Migration(migrations.Migration):
    """Up to where the members of each channel were notified."""

    dependencies = [("chat", "0006_undo_window")]

    operations = [
        migrations.CreateModel(
            name="NotificationCursor",
            fields=[
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_cursor",
                        serialize=False,
                        to="chat.channel",
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(default=0)),
                ("version", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
