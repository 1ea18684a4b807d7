import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import community.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="transport",
            field=models.CharField(choices=[("email", "email"), ("push", "push"), ("text", "text")], max_length=10),
        ),
        migrations.CreateModel(
            name="TextNumber",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text_number",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sealed", models.TextField()),
                ("number_hash", models.CharField(max_length=64, unique=True)),
                ("agreed_to", models.TextField(blank=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("proven_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="TextCode",
            fields=[
                ("id", models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                ("number_hash", models.CharField(max_length=64)),
                ("agreed_to", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("guesses", models.PositiveSmallIntegerField(default=0)),
                ("due", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "member",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("due__isnull", False)), fields=["due"], name="text_codes_due")],
            },
        ),
    ]
