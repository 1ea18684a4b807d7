from django.db import migrations, models


class Migration(migrations.Migration):
    """The names that others use for these things. The constraint goes and comes again, since a renaming does not reach its condition."""

    dependencies = [("peers", "0009_channels_of_groups")]

    operations = [
        migrations.RemoveConstraint("peergroup", "one_listed_group_a_name"),
        migrations.RenameField("peergroup", "door", "join_policy"),
        migrations.RenameField("peergroup", "past", "history_visibility"),
        migrations.RenameField("peergroup", "past_from", "history_visible_from"),
        migrations.AddConstraint(
            "peergroup",
            models.UniqueConstraint(fields=["name"], condition=~models.Q(join_policy="hidden"), name="one_listed_group_a_name"),
        ),
    ]
