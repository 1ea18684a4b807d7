
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='open_from',
            field=models.PositiveBigIntegerField(default=1),
        ),
    ]
