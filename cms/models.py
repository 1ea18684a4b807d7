"""The library: pages with an audience, and the pictures and documents in them."""

from .media import LibraryDocument, Picture, Rendition
from .pages import ArticlePage, HomePage, LibraryPage
from .reviews import Review

__all__ = ["ArticlePage", "HomePage", "LibraryDocument", "LibraryPage", "Picture", "Rendition", "Review"]
