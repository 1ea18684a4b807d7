"""A center may have every article reviewed before it is published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("centre", "0008_icon_compatible"),
    ]

    operations = [
        migrations.AddField(
            model_name="centre",
            name="publish_unreviewed",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Until a clinician has reviewed it, an article says that nobody has. Without this, it waits for the review.",
                verbose_name="articles may be published before they're reviewed",
            ),
        ),
    ]
