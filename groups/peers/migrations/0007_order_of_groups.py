from django.db import migrations


class Migration(migrations.Migration):
    """Groups are ordered by community/kit/text/order.py; the tables stay as they are."""

    dependencies = [("peers", "0006_agreement_editions")]

    operations = [migrations.AlterModelOptions(name="peergroup", options={})]
