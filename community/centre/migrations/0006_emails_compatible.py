import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Letters are called e-mails. The column keeps its name, so that nothing changes in the database."""

    dependencies = [
        ('centre', '0005_reached_compatible'),
    ]

    operations = [
        migrations.AlterField(
            model_name='centre',
            name='keep_letters',
            field=models.PositiveIntegerField(
                db_column='keep_letters',
                default=30,
                help_text='How many days after it was written. ',
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)],
                verbose_name='that an e-mail was sent; where no mail server is set, the e-mail itself',
            ),
        ),
        migrations.RenameField(model_name='centre', old_name='keep_letters', new_name='keep_emails'),
    ]
