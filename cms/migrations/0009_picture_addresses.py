"""The address of a picture is its own, and no more that of each size: it stays when the picture gets another file or another focus."""

from typing import Any

from django.db import migrations, models

from community.kit.ids import new_id


def give_keys(apps: Any, schema_editor: Any) -> None:
    pictures = apps.get_model("cms", "Picture").objects
    for pk in list(pictures.values_list("pk", flat=True)):
        pictures.filter(pk=pk).update(key=new_id())


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0008_described_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="key",
            field=models.UUIDField(default=new_id, editable=False, null=True),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="picture",
            name="key",
            field=models.UUIDField(default=new_id, editable=False, unique=True),
        ),
        migrations.RemoveField(model_name="rendition", name="key"),
    ]
