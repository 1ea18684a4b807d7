from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safety", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "No action"), ("hidden", "Hide it, with a note to its author"), ("acted", "Something was done about it"),
                ],
                max_length=10,
            ),
        ),
    ]
