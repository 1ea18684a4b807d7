import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """How long it is kept what members were notified of."""

    dependencies = [
        ('centre', '0006_emails_compatible'),
    ]

    operations = [
        migrations.AddField(
            model_name='centre',
            name='keep_notifications',
            field=models.PositiveIntegerField(
                db_default=90,
                default=90,
                help_text="How many days after they read it. What nobody read is kept twice as long.",
                validators=[django.core.validators.MinValueValidator(7), django.core.validators.MaxValueValidator(3650)],
                verbose_name="what somebody was notified of, without the words",
            ),
        ),
    ]
