"""What members write about articles. Each finds an article that its member may read first."""

from wagtail.models import Page

from community.kit.text.seen import plain_text
from community.members.models import User

from .models import Rating, SavedArticle


def rate(*, member: User, article: Page, helped: bool, words: str) -> None:
    """Note whether `article` helped `member`, in the place of what they said before."""
    Rating.objects.update_or_create(article=article, member=member, defaults={"helped": helped, "words": plain_text(words).strip()})


def take_rating_back(*, member: User, article: Page) -> None:
    Rating.objects.filter(article=article, member=member).delete()


def save(*, member: User, article: Page) -> None:
    """Put `article` on the list of what `member` reads later."""
    SavedArticle.objects.get_or_create(article=article, member=member)


def unsave(*, member: User, article: Page) -> None:
    SavedArticle.objects.filter(article=article, member=member).delete()


def forget(*, member: User) -> None:
    """Delete what a member, whose account is being closed, kept to themselves."""
    Rating.objects.filter(member=member).delete()
    SavedArticle.objects.filter(member=member).delete()
