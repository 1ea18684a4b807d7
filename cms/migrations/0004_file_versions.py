"""Notes for each version of an article the pictures and documents in it, so that a file can be asked for all of its uses."""

import json
import re
from typing import Any

from django.db import migrations, models

DOCUMENT = re.compile(r'<a\s(?=[^>]*linktype="document")[^>]*\bid="(\d{1,18})"')
CHUNK = 200


def files_in(value: Any) -> tuple[set[int], set[int]]:
    """The ids of the pictures and documents that the raw body of an article names, wherever they stand in it."""
    pictures, documents = set(), set()
    if isinstance(value, dict):
        pictures |= {part for key, part in value.items() if key == "image" and isinstance(part, int)}
        documents |= {part for key, part in value.items() if key == "document" and isinstance(part, int)}
    if isinstance(value, str):
        documents |= {int(number) for number in DOCUMENT.findall(value)}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        inner_pictures, inner_documents = files_in(part)
        pictures |= inner_pictures
        documents |= inner_documents
    return pictures, documents


def note(apps: Any, schema_editor: Any) -> None:
    kinds = [apps.get_model("cms", name) for name in ("Picture", "LibraryDocument")]
    there = [set(kind.objects.values_list("pk", flat=True)) for kind in kinds]
    article = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="cms", model="articlepage").first()
    versions = apps.get_model("wagtailcore", "Revision").objects.filter(content_type=article)
    for version in versions.iterator(chunk_size=CHUNK) if article else ():
        body = version.content.get("body") or "[]"
        named = files_in(json.loads(body) if isinstance(body, str) else body)
        for kind, numbers, known in zip(kinds, named, there, strict=True):
            through = kind.versions.through
            own = f"{kind._meta.model_name}_id"
            through.objects.bulk_create([through(**{own: number, "revision_id": version.pk}) for number in sorted(numbers & known)])


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_article_drawing"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="versions",
            field=models.ManyToManyField(editable=False, related_name="pictures", to="wagtailcore.revision"),
        ),
        migrations.AddField(
            model_name="librarydocument",
            name="versions",
            field=models.ManyToManyField(editable=False, related_name="documents", to="wagtailcore.revision"),
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
