"""Links that lead nowhere, as the last check found them."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0013_search_index_compatible'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeadLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.TextField(blank=True)),
                ('page', models.IntegerField(null=True)),
                ('why', models.CharField(choices=[('gone', 'There is no such page'), ('unreachable', "It didn't answer, twice in a row"), ('private', 'It leads into a private network'), ('taken_down', "It isn't published")], max_length=12)),
                ('since', models.DateTimeField()),
                ('checked_at', models.DateTimeField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dead_links', to='wagtailcore.page')),
            ],
        ),
    ]
