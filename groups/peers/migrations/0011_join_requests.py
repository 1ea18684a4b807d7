import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The name that others use for who is on the way into a group. The table keeps its name."""

    dependencies = [("peers", "0010_join_policy"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterModelTable("arrival", "peers_arrival"),
        migrations.RenameModel("Arrival", "JoinRequest"),
        migrations.RenameField("joinrequest", "way", "origin"),
        migrations.RenameField("joinrequest", "line", "message"),
        migrations.RemoveConstraint("joinrequest", "one_arrival_a_group"),
        migrations.AddConstraint("joinrequest", models.UniqueConstraint(fields=["group", "member"], name="one_join_request_a_group")),
        migrations.AlterField(
            "joinrequest",
            "group",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="join_requests", to="peers.peergroup"),
        ),
        migrations.AlterField(
            "joinrequest",
            "member",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="join_requests", to=settings.AUTH_USER_MODEL),
        ),
    ]
