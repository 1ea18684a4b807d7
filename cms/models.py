"""The library: pages with an audience, and the pictures and documents in them."""

from .library.addresses import PublicAddress
from .library.audience import NamedGroup
from .library.dead_links import DeadLink
from .library.entries import Entry
from .library.pages import ArticlePage, HomePage, LibraryPage
from .library.review_requests import ClinicianReview, ReviewNote
from .library.reviews import Review
from .library.topics import Topic, Topics
from .media.models import LibraryDocument, Picture, Rendition
from .readers.models import Rating, SavedArticle
from .search.everyday import EverydayWords
from .search.index import SearchTerm, SearchText

__all__ = [
    "ArticlePage", "ClinicianReview", "DeadLink", "Entry", "EverydayWords", "HomePage", "LibraryDocument", "LibraryPage", "NamedGroup",
    "Picture", "PublicAddress", "Rating", "Rendition", "Review", "ReviewNote", "SavedArticle", "SearchTerm", "SearchText", "Topic",
    "Topics",
]  # fmt: skip
