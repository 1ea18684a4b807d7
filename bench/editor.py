"""What an editor may know of, with 50 stored versions of articles and with 5,000, on either database. See README.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.search import on_both

VERSIONS, TIMES = (50, 5000), 15
MEASURE = """
import statistics, time
from django.db import connection
from wagtail.models import Revision
from cms.library import audience
from cms.media.readers import known_files
from cms.models import ArticlePage, LibraryDocument, Picture
from cms.reading import review_queue, unreviewed
from community.demo.world import make
from community.members.models import User
from community.members.roles import Right
from tests.cms.many import write_versions
make()
articles = list(ArticlePage.objects.all())
narrow = next(article for article in articles if article.audience == "groups")
publisher = next(user for user in User.objects.all() if user.may(Right.WRITE) and not user.may(Right.EVERY_AUDIENCE))
reviewer = next(user for user in User.objects.all() if user.may(Right.REVIEW))
def afresh(person):
    return User.objects.prefetch_related("groups").get(pk=person.pk)
def timed(work, person):
    times = []
    for _turn in range(%(times)d + 1):
        asker = afresh(person)
        start = time.perf_counter()
        work(asker)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])
asked = {
    "the articles that are kept from an editor": (audience.hidden_articles, publisher),
    "the pictures that they may know of": (lambda person: list(known_files(person, Picture).values_list("pk")), publisher),
    "the documents that they may know of": (lambda person: list(known_files(person, LibraryDocument).values_list("pk")), publisher),
    "the reviewers' list": (lambda person: list(review_queue(person)[:20]), reviewer),
    "how many wait for a review": (unreviewed, reviewer),
    "a version is saved": (lambda person: narrow.save_revision(user=person), publisher),
    "a version is written over": (lambda person: narrow.save_revision(user=person, overwrite_revision=narrow.latest_revision), publisher),
    "a version is deleted": (lambda person: narrow.revisions.exclude(pk=narrow.live_revision_id).earliest("pk").delete(), publisher),
}
found = {}
for count in %(versions)r:
    number = Revision.objects.count()
    write_versions(narrow, [articles[n %% len(articles)].pk for n in range(count - number)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found[count] = {name: timed(*work) for name, work in asked.items()}
few, many = found.values()
for name in asked:
    print(f"  {name}: {few[name]:.1f} ms, {many[name]:.1f} ms, {many[name] / few[name]:.1f} times as long")
"""


def main() -> None:
    on_both(MEASURE % {"versions": VERSIONS, "times": TIMES}, f", with {VERSIONS[0]} and with {VERSIONS[1]:,} versions")


if __name__ == "__main__":
    main()
