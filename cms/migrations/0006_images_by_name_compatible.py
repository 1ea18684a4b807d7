"""The editor calls a picture an image, as Wagtail does; nothing in the database changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0005_editions"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="picture",
            options={"verbose_name": "image", "verbose_name_plural": "images"},
        ),
    ]
