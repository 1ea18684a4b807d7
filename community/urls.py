"""Where everything is reached. Views need a signed-in member unless they say otherwise."""

from django.urls import URLPattern, URLResolver, include, path

from community.centre.views import outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("community.members.urls")),
    path("accounts/", include("community.members.accounts")),
    path("outbox/", outbox, name="outbox"),
]
