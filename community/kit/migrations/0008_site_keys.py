import community.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kit', '0007_unknown_emails_compatible'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteKey',
            fields=[
                ('id', models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=40)),
                ('sealed', models.TextField()),
            ],
        ),
    ]
