"""Where the pages of peer groups are reached."""

from django.urls import path

from . import views

app_name = "peers"
urlpatterns = [
    path("", views.groups, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:group>/", views.group, name="group"),
    path("<uuid:group>/join/", views.join, name="join"),
    path("<uuid:group>/leave/", views.leave, name="leave"),
    path("<uuid:group>/left/", views.left, name="left"),
    path("<uuid:group>/undo/", views.undo, name="undo"),
    path("<uuid:group>/edit/", views.edit, name="edit"),
    path("<uuid:group>/people/", views.people, name="people"),
    path("<uuid:group>/people/<uuid:member>/remove/", views.remove, name="remove"),
    path("<uuid:group>/people/<uuid:member>/appoint/", views.appoint, name="appoint"),
]
