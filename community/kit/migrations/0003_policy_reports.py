"""What browsers refused on our pages is counted by day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_audit_by_target")]

    operations = [
        migrations.CreateModel(
            name="PolicyReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("directive", models.CharField(max_length=40)),
                ("blocked", models.CharField(max_length=40)),
                ("view", models.CharField(max_length=100)),
                ("times", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "directive", "blocked", "view"), name="one_policy_report_a_day")
                ],
            },
        ),
    ]
