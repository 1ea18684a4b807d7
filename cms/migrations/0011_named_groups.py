"""Notes apart which groups the versions of each entry name, so that no request needs to read all of these."""

from typing import Any
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.fields.json import KeyTransform


def note(apps: Any, schema_editor: Any) -> None:
    entry = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="cms", model="articlepage").first()
    versions = apps.get_model("wagtailcore", "Revision").objects.filter(content_type=entry).exclude(content__groups=[])
    named = versions.annotate(named=KeyTransform("groups", "content")).order_by().values_list("object_id", "named").distinct()
    there = set(apps.get_model("cms", "ArticlePage").objects.values_list("pk", flat=True)) if entry else set()
    pairs = {(int(article), UUID(group)) for article, groups in named for group in groups or () if int(article) in there}
    kept = apps.get_model("cms", "NamedGroup")
    kept.objects.bulk_create([kept(entry_id=article, group=group) for article, group in sorted(pairs)], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0010_review_due_compatible"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="NamedGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.UUIDField()),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="named_groups", to="wagtailcore.page"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("entry", "group"), name="a_named_group_once")]},
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
