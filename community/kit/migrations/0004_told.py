"""How often somebody was told who is here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_policy_reports")]
    operations = [
        migrations.CreateModel(
            name="Told",
            fields=[
                ("asker", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("times", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField(auto_now=True)),
            ],
        ),
    ]
