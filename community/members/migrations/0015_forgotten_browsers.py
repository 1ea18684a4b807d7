from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0014_next_step")]
    operations = [
        migrations.AddField("user", "browsers", models.PositiveIntegerField(default=0, editable=False)),
    ]
