from django.db import migrations, models
from django.db.models import F


def take_for_seen(apps, schema_editor):
    """What was decided before anybody was told of it on Today is no news."""
    apps.get_model("safety", "Report").objects.filter(state="closed").update(answer_seen_at=F("decided_at"))


class Migration(migrations.Migration):
    dependencies = [("safety", "0002_reported_people")]

    operations = [
        migrations.AddField("report", "answer_seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(take_for_seen, migrations.RunPython.noop),
    ]
