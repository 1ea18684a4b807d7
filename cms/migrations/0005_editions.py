"""Notes the edition of each article with its row and in its newest version, so that lists need not read all words."""

from typing import Any

from django.db import migrations, models

from ..library.reviews import fingerprint_of

CHUNK = 200


def note(apps: Any, schema_editor: Any) -> None:
    kind, versions = apps.get_model("cms", "ArticlePage"), apps.get_model("wagtailcore", "Revision")
    for article in kind.objects.iterator(chunk_size=CHUNK):
        kind.objects.filter(pk=article.pk).update(edition=fingerprint_of(article))
        version = versions.objects.filter(pk=article.latest_revision_id).first()
        if version is None:
            continue
        for field in {"title", "summary", "content_note", "body", "sources"} & version.content.keys():
            setattr(article, field, version.content[field])
        versions.objects.filter(pk=version.pk).update(content=version.content | {"edition": fingerprint_of(article)})


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0004_file_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="articlepage",
            name="edition",
            field=models.CharField(db_default="", default="", editable=False, max_length=64),
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
