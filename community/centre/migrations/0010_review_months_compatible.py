"""After how many months articles are due for another review."""


import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centre', '0009_publish_unreviewed_compatible'),
    ]

    operations = [
        migrations.AddField(
            model_name='centre',
            name='review_months',
            field=models.PositiveSmallIntegerField(blank=True, db_default=12, default=12, help_text='In months after the last review, unless an article names a day of its own. Leave it empty to set no time.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='articles are reviewed again after'),
        ),
    ]
