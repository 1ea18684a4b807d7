"""The search index: what each live entry says, in words that compare. It is written in the transaction that changes the entry.

Wagtail's own index is for the editor's search. It is filled by the worker, stems on one database alone, and knows nothing of readers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

from django.db import models, transaction
from django.dispatch import receiver
from wagtail.blocks import ChoiceBlock, ListBlock, StreamValue
from wagtail.models import Page
from wagtail.signals import page_unpublished

from ..admin.wagtail_internals import BaseStreamBlock, BaseStructBlock, ChooserBlock
from ..library.kinds import kinds
from ..library.reviews import content_fields
from .words import Word, language_of, stem, telling, words_of

TITLE, SUMMARY, LABEL, BODY = 8, 4, 2, 1  # how much a word counts by where it stands; a label is a content note, heading or caption
MOST = Counter({TITLE: 1, SUMMARY: 1, LABEL: 1, BODY: 3})  # times that it counts there: a long text is not a better one
LABELS = {"heading", "caption", "title", "alt", "alt_text", "image"}  # the blocks that hold headings, captions and descriptions
MAX_WORD_LENGTH = 64  # characters; what is longer is no word that anybody types
BATCH = 500


class SearchText(models.Model):
    """All that a live entry says: as its readers see it, and as it is compared.

    The key to the page is none to the database: older code, which knows nothing of this table, could delete no page otherwise.
    """

    entry = models.OneToOneField(Page, primary_key=True, db_constraint=False, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()  # a line for each part, from which the results quote
    stems = models.TextField()  # the stems of all its words, in their order, in which several words are found that stand together

    def __str__(self) -> str:
        return str(self.entry_id)


class SearchTerm(models.Model):
    """A word of a live entry, its stem, and how much it counts there."""

    entry = models.ForeignKey(Page, db_constraint=False, db_index=False, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=MAX_WORD_LENGTH)
    stem = models.CharField(max_length=MAX_WORD_LENGTH)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "word"], name="one_search_term_a_word")]
        indexes = [models.Index(fields=["stem", "entry"], name="search_terms_by_stem")]

    def __str__(self) -> str:
        return self.word


def write(entry: Any, texts: type[Any] = SearchText, terms: type[Any] = SearchTerm) -> None:
    """Write into the index what `entry`, which is live, says. A migration names the models of its time."""
    parts = [IndexedText(text, weight) for text, weight in _parts(entry)]
    language = language_of(word for part in parts for word in part.words)
    weights = _weights(parts).items()
    rows = [terms(entry_id=entry.pk, word=word.written, stem=stem(word, language), weight=weight) for word, weight in weights]
    with transaction.atomic():
        for model in (texts, terms):
            model.objects.filter(entry=entry.pk).delete()
        texts.objects.create(entry_id=entry.pk, body=_body(parts), stems=_stems(parts, language))
        terms.objects.bulk_create(rows, batch_size=BATCH)


@receiver(page_unpublished)
def _erase(instance: Page, **kwargs: Any) -> None:
    """Take out what was taken down. Of many at once, Wagtail saves only what every page has, past `Entry.save`."""
    for model in (SearchText, SearchTerm):
        model.objects.filter(entry=instance.pk).delete()


def write_all() -> int:
    """Write anew what every live entry says, one after another, while the site goes on; return how many there are."""
    live = [(kind, pk) for kind in kinds() for pk in kind.objects.live().values_list("pk", flat=True)]
    for kind, pk in live:
        with transaction.atomic():
            for entry in kind.objects.live().select_for_update(no_key=True).filter(pk=pk):
                write(entry)
    for model in (SearchText, SearchTerm):
        model.objects.exclude(entry__in=Page.objects.live().values("pk")).delete()
    return len(live)


class IndexedText:
    """A text of an entry, and how much its words count."""

    def __init__(self, text: str, weight: int) -> None:
        self.text, self.weight = normalize("NFC", " ".join(text.split())), weight
        self.words = [word for word in words_of(self.text) if max(map(len, word)) <= MAX_WORD_LENGTH]


def _parts(entry: Any) -> Iterator[tuple[str, int]]:
    yield entry.title, TITLE
    yield entry.summary, SUMMARY
    yield entry.content_note, LABEL
    for field in content_fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, StreamValue):
            for name, text in _texts("", value.stream_block, value.stream_block.get_prep_value(value)):
                yield text, LABEL if name in LABELS else BODY
        else:
            yield from ((text, BODY) for text in field.get_searchable_content(value))


def _texts(name: str, block: Any, raw: Any) -> Iterator[tuple[str, str]]:
    """Each text in what is stored of `block`, with the name of the block that holds it; not what was only chosen, such as a picture.

    It reads what is stored, and no files: a migration does so before these have the columns of today.
    """
    if isinstance(block, BaseStreamBlock):
        for child in raw or ():
            if child["type"] in block.child_blocks:
                yield from _texts(child["type"], block.child_blocks[child["type"]], child["value"])
    elif isinstance(block, BaseStructBlock):
        for inner, inner_block in block.child_blocks.items():
            yield from _texts(inner, inner_block, raw.get(inner) if isinstance(raw, dict) else None)
    elif isinstance(block, ListBlock):
        for item in raw or ():
            yield from _texts(name, block.child_block, item["value"] if isinstance(item, dict) and "value" in item else item)
    elif raw is not None and not isinstance(block, ChoiceBlock | ChooserBlock):
        yield from ((name, text) for text in block.get_searchable_content(block.to_python(raw)))


def _body(parts: list[IndexedText]) -> str:
    """What the results quote: title, summary and content note stand there in any case."""
    return "\n".join(part.text for part in parts[3:])


def _stems(parts: list[IndexedText], language: str) -> str:
    """The stems of each part between spaces; a bar between two parts, so that nothing reaches over it."""
    return " | ".join(["", *(" ".join(stem(word, language) for word in telling(part.words)) for part in parts), ""])


def _weights(parts: list[IndexedText]) -> dict[Word, int]:
    """How much each word counts. Common ones are kept from the title alone, for who types nothing else."""
    found: dict[Word, Counter[int]] = defaultdict(Counter)
    for part in parts:
        for word in part.words if part.weight == TITLE else telling(part.words):
            found[word][part.weight] += 1
    return {word: sum(weight * times for weight, times in (counted & MOST).items()) for word, counted in found.items()}
