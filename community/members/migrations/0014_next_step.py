from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0013_name_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='next_step',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
