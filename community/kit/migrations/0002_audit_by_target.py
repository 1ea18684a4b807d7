"""What was done to somebody is asked for by their id: their own sign-ins, on their own page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]

    operations = [
        migrations.AddIndex(model_name="auditentry", index=models.Index(fields=["target", "verb"], name="audit_by_target")),
    ]
