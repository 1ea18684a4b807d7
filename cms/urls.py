"""The library, its pictures and documents, and the editor. The roof includes `urlpatterns` last, at the root."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from . import guides, views
from .admin import gate
from .library import feeds, review_views
from .readers import views as reader_views

library = (
    [
        path("library/", views.library, name="library"),
        path("library/search/", views.search, name="search"),
        path("library/feed/", feeds.feed, name="feed"),
        path("library/topics/<int:topic>/", views.topic, name="topic"),
        path("library/later/", reader_views.saved, name="saved"),
        path("library/<slug:slug>/", views.article, name="article"),
        path("library/<slug:slug>/helpful/", reader_views.rate, name="rate"),
        path("library/<slug:slug>/share/", reader_views.share, name="share"),
        path("library/<slug:slug>/later/", reader_views.later, name="later"),
        path("pictures/<str:key>/<str:size>/", views.picture, name="picture"),
        path("documents/<str:key>/", views.document, name="document"),
        path("robots.txt", feeds.robots, name="robots"),
        path("sitemap.xml", feeds.sitemap_index, name="sitemap_index"),
        path("sitemap-pages.xml", feeds.sitemap, {"section": "pages"}, name="sitemap_pages"),
        path("sitemap-articles.xml", feeds.sitemap, {"section": "articles"}, name="sitemap_articles"),
        path("staff/reviews/", review_views.desk, name="review_desk"),
        path("staff/reviews/<int:article>/", review_views.article, name="review"),
        path("staff/guides/<slug:name>/", guides.page, name="guide"),
    ],
    "cms",
)
editor: list[URLPattern | URLResolver] = [
    path("login/", views.editor_sign_in),
    path("logout/", views.editor_sign_out),
    path("account/", views.editor_account),
    re_path(r"^password_reset/.*$", views.not_found),
    path("", include(gate)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("cms/", include(editor)),
    path("", include(library)),
    re_path(r"^(?:library|pictures|documents)/(?P<rest>.*)/$", views.not_found),
    # Wagtail finds a page's address by this name; the library's own patterns above answer it.
    re_path(r"^(library/(?:[\w-]+/)?)$", views.not_found, name="wagtail_serve"),
]
