"""A library of 2,000 articles: how long a search takes on either database, as each kind of reader. See README.md."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.services import postgresql

ROOT = Path(__file__).resolve().parent.parent
ARTICLES, TIMES = 2000, 7
QUESTIONS = ("evening", "kids", "asking for help", "relapse", "evnings", "zeppelin", "famly evnings relpse")
MEASURE = """
import random, statistics, time
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from cms.models import ArticlePage, SearchTerm
from cms.search import finding
from cms.search.index import write
from community.demo.world import make
from community.members.models import User
from tests.cms.many import multiply
make()
articles = list(ArticlePage.objects.all())
multiply(articles, %(articles)d - len(articles))
drawn = random.Random(7)  # words of every article's own: a library of one hand has some 7,000
letters = "bcdfghjklmnprstvw"
syllables = ["".join(drawn.choices(letters, k=2)) + drawn.choice("aeiou") for n in range(200)]
invented = sorted({f"{one}{other}ing" for one in syllables for other in syllables})[::6]
there = drawn.sample(list(SearchTerm.objects.values_list("pk", flat=True)), 20000)
own = {pk: invented[pk * 7919 %% len(invented)] for pk in there}  # never twice in one article, whose terms follow one another
SearchTerm.objects.bulk_update([SearchTerm(pk=pk, word=word, stem=word) for pk, word in own.items()], ["word", "stem"], batch_size=300)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
words = SearchTerm.objects.values("word").distinct().count()
print(f"{ArticlePage.objects.live().count():,} articles, {SearchTerm.objects.count():,} terms, {words:,} words")
def timed(work):
    times = []
    for _turn in range(%(times)d + 1):
        start = time.perf_counter()
        answer = work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:]), answer
readers = {"a guest": AnonymousUser(), "a member of a group": User.objects.get(name="Kit")}
for question in %(questions)r:
    said = []
    for who, reader in readers.items():
        took, results = timed(lambda: finding.find(reader, question))
        page, _rows = timed(lambda: finding.shown(reader, results, results.entries[:20]))
        said.append(f"{who} {took:.0f} ms and {page:.0f} ms for the rows, {len(results.entries):,} found")
    print(f"  {question}: " + "; ".join(said))
took, _none = timed(lambda: write(articles[0]))
print(f"  writing one article into the index: {took:.0f} ms")
"""


@contextmanager
def database(vendor: str, folder: str) -> Iterator[dict[str, str]]:
    """The environment of a new site on SQLite or PostgreSQL."""
    env = {**os.environ, "MAINSTAY_DATA": folder, "PYTHONUNBUFFERED": "1"}
    yield env | ({"DATABASE_URL": postgresql().create("bench_search")} if vendor == "PostgreSQL" else {})


def on_both(code: str, heading: str = "") -> None:
    """Run `code` in the shell of a new site on each database."""
    for vendor in ("SQLite", "PostgreSQL"):
        print(f"{vendor}{heading}:", flush=True)
        with tempfile.TemporaryDirectory() as folder, database(vendor, folder) as env:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
            subprocess.run([sys.executable, "manage.py", "shell", "-v0", "-c", code], cwd=ROOT, env=env, check=True)


def main() -> None:
    on_both(MEASURE % {"articles": ARTICLES, "times": TIMES, "questions": QUESTIONS})


if __name__ == "__main__":
    main()
