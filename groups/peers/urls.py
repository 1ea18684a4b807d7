"""Where the pages of peer groups are reached."""

from django.urls import path

from . import views
from .join import views as joining

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
    path("<uuid:group>/ask/", joining.ask, name="ask"),
    path("<uuid:group>/wait/", joining.wait, name="wait"),
    path("<uuid:group>/take-back/", joining.take_back, name="take_back"),
    path("<uuid:group>/doors/", joining.joining, name="joining"),
    path("<uuid:group>/step-down/", joining.step_down, name="step_down"),
    path("<uuid:group>/people/", joining.people, name="people"),
    path("<uuid:group>/people/<uuid:member>/answer/", joining.answer, name="answer"),
    path("<uuid:group>/people/<uuid:member>/withdraw/", joining.withdraw, name="withdraw"),
    path("<uuid:group>/people/<uuid:member>/remove/", views.remove, name="remove"),
    path("<uuid:group>/people/<uuid:member>/appoint/", views.appoint, name="appoint"),
]
