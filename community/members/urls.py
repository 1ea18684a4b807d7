"""Where the pages on who is here are reached."""

from django.urls import path

from . import views

app_name = "members"
urlpatterns = [
    path("invitation/<str:key>/", views.Answer.as_view(), name="invitation"),
    path("me/", views.own_settings, name="settings"),
    path("me/discretion/", views.discretion, name="discretion"),
    path("session/", views.session, name="session"),
    path("staff/people/", views.people, name="people"),
    path("staff/people/invite/", views.invite, name="invite"),
    path("staff/people/<uuid:member>/pause/", views.pause, name="pause"),
    path("staff/people/<uuid:member>/suspend/", views.suspend, name="suspend"),
    path("staff/people/<uuid:member>/let-back/", views.let_back, name="let_back"),
    path("staff/people/<uuid:member>/close/", views.close, name="close"),
    path("staff/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("staff/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
]
