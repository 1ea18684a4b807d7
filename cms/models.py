"""The library: pages with an audience, and the pictures and documents in them."""

from .entries import Entry
from .media import LibraryDocument, Picture, Rendition
from .pages import ArticlePage, HomePage, LibraryPage
from .reviews import Review

__all__ = ["ArticlePage", "Entry", "HomePage", "LibraryDocument", "LibraryPage", "Picture", "Rendition", "Review"]
