"""Topics, which articles begin with and who wrote them. A site begins with a dozen topics, and its admins make them their own."""

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models

import cms.library.topics

TOPICS = (
    "The first weeks", "Cravings", "Evenings and weekends", "Sleep", "Feelings", "Body and health", "Medication", "Family", "Children",
    "Friends and going out", "Work and money", "Staying safe",
)  # fmt: skip


def begin(apps, schema_editor):
    setting = apps.get_model("cms", "Topics").objects.create(pk=1)
    topic = apps.get_model("cms", "Topic")
    topic.objects.bulk_create(topic(setting=setting, name=name, sort_order=order) for order, name in enumerate(TOPICS))


class Migration(migrations.Migration):
    dependencies = [("cms", "0015_review_requests")]

    operations = [
        migrations.CreateModel(
            name="Topics",
            fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))],
            options={"verbose_name": "topics of the library"},
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=40, validators=[cms.library.topics.legible], verbose_name="name")),
                (
                    "setting",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="topics", to="cms.topics"
                    ),
                ),
            ],
            options={"verbose_name": "topic", "verbose_name_plural": "topics", "ordering": ["sort_order"], "abstract": False},
        ),
        migrations.AddField(
            model_name="articlepage",
            name="author",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="As they want to be named, for everybody who reads it. Leave it empty to name no one.",
                max_length=80,
                validators=[cms.library.topics.legible],
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="articlepage",
            name="start_here",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Shown first in the library, to those who are new to it.",
                verbose_name="start here",
            ),
        ),
        migrations.AddField(
            model_name="articlepage",
            name="topics",
            field=modelcluster.fields.ParentalManyToManyField(
                blank=True, related_name="+", to="cms.topic", verbose_name="topics"
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
