"""What a member does with an article for themselves: says whether it helped, and saves it to read later."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from wagtail.models import Page

from community.kit import limits

YES = Q(helped=True)


@dataclass(frozen=True)
class RatingSummary:
    """How many said that an article helped, of all who answered, and their words, in an order that tells nothing of when or who."""

    helped: int
    answered: int
    words: list[str]


class RatingQuerySet(models.QuerySet["Rating"]):
    def counted(self, articles: "Iterable[int] | models.QuerySet[Any, Any]") -> models.QuerySet[Any, dict[str, int]]:
        """How many `answered` about each `article` of these, and how many said `yes`. Nothing of one that few have answered about."""
        counted = self.filter(article__in=articles).order_by().values("article").annotate(answered=Count("pk"), yes=Count("pk", filter=YES))
        return counted.filter(answered__gte=limits.MIN_RATINGS)

    def summaries(self, articles: Iterable[int]) -> dict[int, RatingSummary]:
        """What editors may know of these articles, by their ids, in two queries."""
        found = {each["article"]: RatingSummary(each["yes"], each["answered"], []) for each in self.counted(articles)}
        for article, words in self.filter(article__in=found).exclude(words="").order_by("words").values_list("article", "words"):
            found[article].words.append(words)
        return found


class Rating(models.Model):
    """Whether an article helped a member, with a word to its editors, who never see whose it is."""

    article = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    helped = models.BooleanField()
    words = models.TextField(blank=True)
    at = models.DateTimeField(auto_now=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "member"], name="one_rating_a_member")]

    def __str__(self) -> str:
        return "helped" if self.helped else "did not help"


class SavedArticle(models.Model):
    """That a member wants to read an article later. Nobody else knows."""

    article = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "member"], name="saved_once_a_member")]

    def __str__(self) -> str:
        return f"saved {self.at:%Y-%m-%d}"
