import community.kit.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0023_unname_closed_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvitationText",
            fields=[
                ("id", models.UUIDField(default=community.kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invitation",
            name="to_an_address_or_on_a_card",
        ),
        migrations.AddField(
            model_name="invitation",
            name="number_hash",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="number_sealed",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None), ("revoked_at", None)),
                fields=("number_hash",),
                name="one_open_invitation_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("email__isnull", False),
                    ("sheet__isnull", False),
                    ("number_hash__isnull", False),
                    ("answered_at__isnull", False),
                    _connector="OR",
                ),
                name="to_somebody_or_on_a_card",
            ),
        ),
        migrations.AddField(
            model_name="invitationtext",
            name="invitation",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="members.invitation"),
        ),
    ]
