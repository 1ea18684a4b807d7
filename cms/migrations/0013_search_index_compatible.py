"""The search index and the list of everyday words; fills the index with what is live."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import cms.search.everyday
from cms.search.index import write


def fill(apps: Any, schema_editor: Any) -> None:
    text, term = apps.get_model("cms", "SearchText"), apps.get_model("cms", "SearchTerm")
    for article in apps.get_model("cms", "ArticlePage").objects.filter(live=True).iterator(chunk_size=200):
        write(article, text, term)


class Migration(migrations.Migration):
    dependencies = [
        ('cms', '0012_public_addresses'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='EverydayWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(blank=True, default=cms.search.everyday.default_words, help_text="One line for each: what somebody may type, a colon, and what the articles call it; several with commas. Whoever types the first also finds the others. Capitals, accents and endings don't matter.", max_length=20000, validators=[cms.search.everyday.well_formed], verbose_name='everyday words')),
            ],
            options={
                'verbose_name': 'words for the search',
            },
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='wagtailcore.page')),
                ('body', models.TextField()),
                ('stems', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=64)),
                ('stem', models.CharField(max_length=64)),
                ('weight', models.PositiveSmallIntegerField()),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.page')),
            ],
            options={
                'indexes': [models.Index(fields=['stem', 'entry'], name='search_terms_by_stem')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'word'), name='one_search_term_a_word')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
