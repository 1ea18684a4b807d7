import django.utils.timezone
import wagtail.models.preview
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('peers', '0005_suggestions'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(blank=True, max_length=2000, verbose_name='text')),
            ],
            options={
                'verbose_name': 'agreement for new groups',
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='NewAgreement',
            fields=[
                ('version', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('body', models.TextField()),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-version'],
                'get_latest_by': 'version',
                'abstract': False,
            },
        ),
    ]
