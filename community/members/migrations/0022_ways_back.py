import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import community.kit.ids


class Migration(migrations.Migration):
    dependencies = [("members", "0021_reminders")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="wants_no_ways_back",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="signinhelp",
            name="kind",
            field=models.CharField(
                choices=[
                    ("factors", "Your second step was taken off, so that you can sign in again."),
                    ("address", "A new address to sign in with was entered for you. It counts once it is confirmed."),
                    ("code", "A code to choose a new password was made for you, and given in person."),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="WayBack",
            fields=[
                ("id", models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("first", models.CharField(max_length=1)),
                ("code_hash", models.CharField(max_length=128)),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ways_back", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "first"), name="one_way_back_a_first_character")],
            },
        ),
    ]
