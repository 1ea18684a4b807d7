import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from ..library.reviews import fingerprint_of

NOBODY = "Not yet reviewed by a clinician"


def typed_to_reviews(apps, schema_editor):
    """What editors typed of a review becomes one of the words that are published now. Who it was by, only the editors know."""
    for article in apps.get_model("cms", "ArticlePage").objects.exclude(reviewed_by__in=["", NOBODY]):
        typed = article.reviewed_by.removeprefix("Reviewed by ").strip(" .")
        name, _comma, credential = typed.partition(",")
        apps.get_model("cms", "Review").objects.create(
            article=article, edition=fingerprint_of(article), name=name[:80], credential=credential.strip()[:80],
            at=article.last_published_at or article.latest_revision_created_at or timezone.now(),
        )


def reviews_to_typed(apps, schema_editor):
    """Back: the newest review, as a line that an editor could have typed."""
    for review in apps.get_model("cms", "Review").objects.order_by("at"):
        if review.edition == fingerprint_of(review.article):
            review.article.reviewed_by = ", ".join(filter(None, [f"Reviewed by {review.name}", review.credential]))[:150]
            review.article.save(update_fields=["reviewed_by"])


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80, verbose_name='your name, as it appears under the article')),
                ('credential', models.CharField(max_length=80, verbose_name='your credential')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='cms.articlepage')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('article', 'edition'), name='one_review_an_edition')],
            },
        ),
        migrations.RunPython(typed_to_reviews, reviews_to_typed),
        migrations.RemoveField(
            model_name='articlepage',
            name='reviewed_by',
        ),
    ]
