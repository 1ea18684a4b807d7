"""The library: pages with an audience, and the pictures and documents in them."""

from .library.entries import Entry
from .library.pages import ArticlePage, HomePage, LibraryPage
from .library.reviews import Review
from .media.models import LibraryDocument, Picture, Rendition

__all__ = ["ArticlePage", "Entry", "HomePage", "LibraryDocument", "LibraryPage", "Picture", "Rendition", "Review"]
