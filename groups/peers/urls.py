"""The addresses of the pages of peer groups."""

from django.urls import path

from . import views
from .join import views as join_views

app_name = "peers"
urlpatterns = [
    path("", views.groups, name="list"),
    path("new/", views.new, name="new"),
    path("hello/", views.hello, name="hello"),
    path("<uuid:group>/", views.group, name="group"),
    path("<uuid:group>/join/", views.join, name="join"),
    path("<uuid:group>/leave/", views.leave, name="leave"),
    path("<uuid:group>/left/", views.left, name="left"),
    path("<uuid:group>/undo/", views.undo, name="undo"),
    path("<uuid:group>/edit/", views.edit, name="edit"),
    path("<uuid:group>/agreement/", views.agreement, name="agreement"),
    path("<uuid:group>/ask/", join_views.ask, name="ask"),
    path("<uuid:group>/wait/", join_views.wait, name="wait"),
    path("<uuid:group>/take-back/", join_views.take_back, name="take_back"),
    path("<uuid:group>/doors/", join_views.join_rules, name="join_rules"),
    path("<uuid:group>/step-down/", join_views.step_down, name="step_down"),
    path("<uuid:group>/people/", join_views.people, name="people"),
    path("<uuid:group>/people/<uuid:member>/answer/", join_views.answer, name="answer"),
    path("<uuid:group>/people/<uuid:member>/withdraw/", join_views.withdraw, name="withdraw"),
    path("<uuid:group>/people/<uuid:member>/remove/", views.remove, name="remove"),
    path("<uuid:group>/people/<uuid:member>/appoint/", views.appoint, name="appoint"),
]
