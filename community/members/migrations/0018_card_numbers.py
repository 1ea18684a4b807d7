from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0017_no_address_needed'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='card_number',
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
    ]
