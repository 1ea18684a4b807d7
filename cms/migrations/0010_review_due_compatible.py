"""A day on which an entry is due for another review."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0009_picture_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='articlepage',
            name='review_due',
            field=models.DateField(blank=True, help_text="The day when a clinician should read it again. Leave it empty, and the center's usual time counts from the last review.", null=True, verbose_name='review due'),
        ),
    ]
