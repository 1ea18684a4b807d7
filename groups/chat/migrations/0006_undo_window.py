from django.db import migrations, models


class Migration(migrations.Migration):
    """The names that others use for these things. The index goes and comes again, since a renaming does not reach its condition."""

    dependencies = [("chat", "0005_no_groups")]

    operations = [
        migrations.RemoveIndex("message", "taken_back_and_kept"),
        migrations.RenameField("message", "kept_until", "undo_until"),
        migrations.RenameField("message", "first_body", "body_fingerprint"),
        migrations.AddIndex(
            "message",
            models.Index(fields=["undo_until"], condition=models.Q(undo_until__isnull=False), name="within_undo_window"),
        ),
    ]
