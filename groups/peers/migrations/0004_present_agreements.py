from django.db import migrations


def keep(apps, schema_editor):
    """Keep each group's agreement as its newest version, and who has accepted it. When they did was not kept before."""
    Entry = apps.get_model("kit", "AuditEntry")
    Text, Acceptance = apps.get_model("peers", "AgreementText"), apps.get_model("peers", "Acceptance")
    for group in apps.get_model("peers", "PeerGroup").objects.all():
        verb = "peers.make_group" if group.agreement_version == 1 else "peers.change_agreement"
        written = Entry.objects.filter(verb=verb, target=str(group.pk)).order_by("-at").first()
        text = Text.objects.create(
            group=group, version=group.agreement_version, body=group.agreement,
            made_by_id=written.actor_id if written else None, made_at=written.at if written else group.made_at,
        )
        agreed = group.memberships.filter(agreed_version=group.agreement_version)
        Acceptance.objects.bulk_create(Acceptance(member_id=member, text=text) for member in agreed.values_list("member", flat=True))


def forget(apps, schema_editor):
    apps.get_model("peers", "AgreementText").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("peers", "0003_agreement_texts"), ("kit", "0001_initial")]
    operations = [migrations.RunPython(keep, forget)]
