"""The routes of the page *My things*."""

from django.urls import path

from . import views

app_name = "downloads"
urlpatterns = [
    path("me/things/", views.things, name="things"),
    path("me/things/ask/", views.ask, name="ask"),
    path("me/things/fetch/", views.fetch, name="fetch"),
]
