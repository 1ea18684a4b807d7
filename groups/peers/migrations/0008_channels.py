import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The room of groups holds which channels are whose; until now each channel named its group."""

    dependencies = [("peers", "0007_order_of_groups"), ("chat", "0004_owners")]

    operations = [
        migrations.CreateModel(
            name="GroupChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.OneToOneField("chat.Channel", on_delete=django.db.models.deletion.CASCADE)),
                ("group", models.ForeignKey("peers.PeerGroup", on_delete=django.db.models.deletion.CASCADE)),
            ],
        ),
        migrations.AddField(
            "peergroup",
            "channels",
            models.ManyToManyField("chat.Channel", through="peers.GroupChannel", related_name="groups", related_query_name="group"),
        ),
    ]
