import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A channel says itself whose it is and what newcomers see, and a participant their role; the room of groups fills these in."""

    dependencies = [("chat", "0003_reactions_mentions_undo")]

    operations = [
        migrations.AddField("channel", "kind", models.CharField(max_length=20, default="group"), preserve_default=False),
        migrations.AddField("channel", "about", models.UUIDField(null=True, blank=True)),
        migrations.AddField(
            "channel",
            "history_visibility",
            models.CharField(max_length=10, choices=[("all", "All"), ("joining", "Joining")], default="all"),
        ),
        migrations.AddField(
            "participant",
            "role",
            models.CharField(max_length=12, choices=[("member", "Member"), ("facilitator", "Facilitator")], default="member"),
        ),
        migrations.AddField(
            "participant",
            "involvement",
            models.CharField(
                max_length=10,
                choices=[("everything", "Everything"), ("mentions", "Mentions"), ("nothing", "Nothing")],
                default="everything",
            ),
        ),
        migrations.AlterField(
            "channel",
            "group",
            models.ForeignKey("peers.PeerGroup", on_delete=django.db.models.deletion.CASCADE, related_name="+", null=True),
        ),
    ]
