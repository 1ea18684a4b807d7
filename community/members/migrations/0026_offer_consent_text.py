import hashlib

from django.db import migrations

from community.members.foundation import TEXTS

# Of the texts that sites of earlier releases began with.
RELEASED = {
    '9951f54ffc2d4259bab60a38a9c6cfa977596200d0b77fd969d6bf8de6181f3d',
    '9d14d8ea6933a726fa13237b6836cd6a71623106d3967402bd7a17372e5a0d4c',
}


def offer(apps, schema_editor):
    """Where the first text still holds, which has become untrue, lay the present one as a draft that admins can publish."""
    newest = apps.get_model('members', 'ConsentText').objects.order_by('-version').first()
    drafts = apps.get_model('members', 'ConsentDraft').objects
    if newest is None or hashlib.sha256(newest.body.encode()).hexdigest() not in RELEASED:
        return
    draft = drafts.first() or drafts.model()
    if draft.pk is None or draft.body.strip() in ('', newest.body.strip()):
        draft.body = (TEXTS / '1.md').read_text(encoding='utf-8')
        draft.save()


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0025_earlier_names'),
    ]

    operations = [migrations.RunPython(offer, migrations.RunPython.noop)]
