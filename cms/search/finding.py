"""What a reader finds in the library: all of it, and nothing else of it, from what they may read.

The ranking is worked out here and not in the database, so it is the same on all of them. Nothing in it is counted over more than one
entry: how rare a word is would tell of entries that this reader may not know of. Words that are spelled nearly alike are sought among
those that the reader may see, for the same reason, and only where a word finds nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from ..library.kinds import Reader, any_of, newest_first, open_to
from .everyday import Everyday, everyday_words
from .excerpts import excerpt
from .index import SearchTerm, SearchText
from .words import Word, folded, stems, telling, words_of

OWN, ALSO = 2, 1  # how much it counts to hold what was typed, and what is found for it beside that
EXACT = 2  # how much more a word counts that is written so, but for an "s" at its end: "medical" and "medication" share a stem
NEAR, SIMILAR = 0.72, 0.6  # how alike, of 1, a word is that is found instead, and one that is offered where nothing is found
MOST_NEAR = 3
MIN_BEGINNING = 4  # letters that were typed of a longer word
MIN_NEAR = 5  # letters of a word that was typed wrong; one letter less makes another word of it, such as "hard" of "harm"


@dataclass
class Sought:
    """A word that was typed, or several that the everyday words take together, and by which stems it is found."""

    words: tuple[Word, ...]
    stems: dict[str, int]  # each with how much it counts; of several words that stand together with spaces between them
    instead: list[str] = field(default_factory=list)  # the words that were sought instead, since this one finds nothing

    def __str__(self) -> str:
        return " ".join(word.written for word in self.words)


@dataclass
class Hits:
    """Where stems stand: how much they count in which entry, by which words, and which entries hold several together."""

    weights: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    words: dict[int, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    together: set[tuple[str, int]] = field(default_factory=set)

    def score(self, entry: int, sought: Sought) -> int:
        """How much `entry` says of it; 0 if nothing."""
        return sum(counts * self._weight(entry, stem) for stem, counts in sought.stems.items())

    def _weight(self, entry: int, stem: str) -> int:
        weights = self.weights[entry]
        if " " not in stem:
            return weights.get(stem, 0)
        return min(weights.get(part, 0) for part in stem.split()) if (stem, entry) in self.together else 0

    def found(self, sought: Sought) -> bool:
        return any(self.score(entry, sought) for entry in self.weights)

    def words_in(self, entry: int, all_sought: Iterable[Sought]) -> set[str]:
        """The words of `entry` by which it was found."""
        found = [stem for sought in all_sought for stem in sought.stems if self._weight(entry, stem)]
        return {word for stem in found for part in stem.split() for word in self.words[entry][part]}


@dataclass
class Results:
    """What a reader finds: the ids of entries, the best first."""

    entries: list[int]
    sought: list[Sought]
    hits: Hits
    is_partial: bool  # no entry holds all of the words
    near: list[str]  # words that are spelled a little like those that were typed, where nothing is found

    @property
    def instead(self) -> list[Sought]:
        """The words that find nothing, for which others were sought."""
        return [sought for sought in self.sought if sought.instead]


def find(reader: Reader, text: str) -> Results:
    """Find `text` in what `reader` may read."""
    everyday = everyday_words()
    sought = _sought(text, everyday)
    readable = open_to(reader).values("pk")
    hits = _hits(readable, sought, everyday)
    near: list[str] = []
    if missing := [each for each in sought if not hits.found(each)]:
        there = _vocabulary(readable)
        for each in missing:
            _seek_near(each, there, everyday)
        hits = _hits(readable, sought, everyday)
        for each in missing:
            if not hits.found(each):
                each.instead = []
                near += _near(each.words, there, SIMILAR)
    entries, is_partial = _ranked(sought, hits)
    return Results(entries, sought, hits, is_partial, [] if entries else list(dict.fromkeys(near)))


def shown(reader: Reader, results: Results, entries: Sequence[int]) -> list[Any]:
    """The `entries` of `results` as rows of a page, each with an excerpt.

    One with a content note has none: the note is there so that its reader chooses whether to meet those words.
    """
    pages = {page.pk: page for page in newest_first(open_to(reader, pk__in=entries))}
    bodies = dict(SearchText.objects.filter(entry__in=pages).values_list("entry", "body"))
    for pk, page in pages.items():
        words = results.hits.words_in(pk, results.sought)
        page.excerpt = "" if page.content_note else excerpt(bodies.get(pk, ""), words)
    return [pages[pk] for pk in entries if pk in pages]


def _sought(text: str, everyday: Everyday) -> list[Sought]:
    """What is sought for `text`: the longest everyday words from the left, and each other word for itself."""
    every = words_of(text)
    left = list(dict.fromkeys(telling(every) or every))
    sought = []
    while left:
        for length in range(min(everyday.longest, len(left)), 0, -1):
            words, own = tuple(left[:length]), stems(left[:length])
            also = _also(own, everyday)
            if also or length == 1:
                break
        sought.append(Sought(words, also | dict.fromkeys(own, OWN)))
        left = left[length:]
    return sought


def _also(own: Iterable[str], everyday: Everyday) -> dict[str, int]:
    return dict.fromkeys((stem for each in own for stem in everyday.found_for.get(each, ())), ALSO)


def _hits(readable: Any, sought: list[Sought], everyday: Everyday) -> Hits:
    hits, exact = Hits(), {_singular(word) for word in [*(word.folded for each in sought for word in each.words), *everyday.named]}
    every = {stem for each in sought for stem in each.stems}
    parts = {part for stem in every for part in stem.split()}
    rows = SearchTerm.objects.filter(stem__in=parts, entry__in=readable).values_list("entry", "stem", "word", "weight")
    for entry, stem, word, weight in rows:
        hits.weights[entry][stem] += weight * EXACT if _singular(folded(word)) in exact else weight
        hits.words[entry][stem].add(word)
    there = {stem for weights in hits.weights.values() for stem in weights}
    if phrases := [stem for stem in every if " " in stem and there.issuperset(stem.split())]:
        hits.together = set(_together(readable, phrases))
    return hits


def _together(readable: Any, phrases: list[str]) -> Iterator[tuple[str, int]]:
    """Each of `phrases` with each entry in which its words stand together, in one look at each entry."""
    holds = [Q(stems__contains=f" {phrase} ") for phrase in phrases]
    texts = SearchText.objects.filter(any_of(holds), entry__in=readable)
    answers = [ExpressionWrapper(each, output_field=BooleanField()) for each in holds]
    for entry, *held in texts.values_list("entry", *answers):
        yield from ((phrase, entry) for phrase, holds_it in zip(phrases, held, strict=True) if holds_it)


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _ranked(sought: list[Sought], hits: Hits) -> tuple[list[int], bool]:
    """The entries that hold all that was sought or, where none does, those that hold some of it; and whether it is only some."""
    ranks = []
    for entry in hits.weights:
        scores = [score for each in sought if (score := hits.score(entry, each))]
        if scores:
            ranks.append((len(scores), sum(scores), entry))
    ranks.sort(reverse=True)
    full = [rank for rank in ranks if rank[0] == len(sought)]
    return [entry for _held, _score, entry in full or ranks], bool(ranks and not full)


def _vocabulary(readable: Any) -> dict[str, str]:
    """All words that the reader may see, each with how it is compared, in one order on every database."""
    words = SearchTerm.objects.filter(entry__in=readable).order_by().values_list("word", flat=True).distinct()
    return {word: folded(word) for word in sorted(words)}


def _seek_near(sought: Sought, vocabulary: dict[str, str], everyday: Everyday) -> None:
    """Have `sought` find what is spelled nearly like it: a word that is there, or one of the everyday words."""
    if len(sought.words[0].folded) < MIN_NEAR:
        return
    others = {word.written: word.folded for word in everyday.typed if word not in sought.words}
    sought.instead = _near(sought.words, vocabulary | others, NEAR)
    for near in sought.instead:
        own = stems(words_of(near))
        sought.stems |= _also(own, everyday) | dict.fromkeys(own, ALSO)


def _near(words: Sequence[Word], vocabulary: dict[str, str], alike: float) -> list[str]:
    """The words of `vocabulary` that begin with what was typed or, where none does, that are at least so much alike; the nearest first."""
    if len(words) != 1:
        return []
    typed = words[0].folded
    if len(typed) >= MIN_BEGINNING and (longer := [word for word, letters in vocabulary.items() if letters.startswith(typed)]):
        return sorted(longer, key=len)[:MOST_NEAR]
    scorer = DamerauLevenshtein.normalized_similarity
    return [word for _letters, _alike, word in process.extract(typed, vocabulary, scorer=scorer, score_cutoff=alike, limit=MOST_NEAR)]
