"""Writers ask for a review, and reviewers note what should change beside the parts of an article. Reviews stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0014_dead_links"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClinicianReview",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
            ],
            options={"verbose_name": "clinician's review"},
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="ReviewNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=36)),
                ("text", models.CharField(max_length=2000)),
                (
                    "answer",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="wagtailcore.taskstate"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("answer", "part"), name="one_review_note_a_part")]},
        ),
        migrations.AddField(
            model_name="review",
            name="corrected_at",
            field=models.DateTimeField(null=True),
        ),
    ]
