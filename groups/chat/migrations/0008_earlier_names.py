import re
from html import unescape

from django.db import migrations

from community.kit.text.markdown import to_html
from community.kit.text.phrases import fold

AT_ONCE = 500
STRONG = re.compile(r"<strong>([@＠﹫][^<]+)</strong>")


def read_from_messages(apps, schema_editor):
    """Until now nothing but a message told which name somebody had when it named them: what stands out in it, in the order of the ids."""
    users, earlier = apps.get_model("members", "User").objects, apps.get_model("members", "EarlierName").objects
    present = {str(pk): fold(name) for pk, name in users.values_list("pk", "name")}
    found = {}
    messages = apps.get_model("chat", "Message").objects.filter(html__contains="<strong>").exclude(mentions=[])
    for body, html, mentions in messages.values_list("body", "html", "mentions").iterator(AT_ONCE):
        bold = set(STRONG.findall(to_html(body)))  # by the author's own hand
        named = {fold(each): unescape(each)[1:] for each in STRONG.findall(html) if each not in bold}
        if len(named) == len(mentions):
            found |= {(id, fold(name)): name for id, name in zip(mentions, named.values(), strict=True)}
    rows = [earlier.model(member_id=id, name=name) for (id, key), name in found.items() if present.get(id, key) != key]
    earlier.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("chat", "0007_notification_cursors"), ("members", "0025_earlier_names")]

    operations = [migrations.RunPython(read_from_messages, migrations.RunPython.noop)]
