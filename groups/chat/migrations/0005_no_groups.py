from django.db import migrations


class Migration(migrations.Migration):
    """The chat knows no groups any longer: peers.GroupChannel says which channels are whose."""

    dependencies = [("chat", "0004_owners"), ("peers", "0009_channels_of_groups")]

    operations = [migrations.RemoveField("channel", "group")]
