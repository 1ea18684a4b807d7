from django.db import migrations, models


class Migration(migrations.Migration):
    """The server processes, for `manage.py status`."""

    dependencies = [
        ('kit', '0004_told'),
    ]

    operations = [
        migrations.CreateModel(
            name='Serving',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
                ('members', models.PositiveIntegerField()),
            ],
        ),
    ]
