"""Where everything is reached. Views need a signed-in member unless they say otherwise."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
