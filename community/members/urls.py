"""Where the pages on who is here are reached."""

from django.urls import path

from . import appointing, texts, views

app_name = "members"
urlpatterns = [
    path("invitation/<str:key>/", views.Answer.as_view(), name="invitation"),
    path("me/", views.own_settings, name="settings"),
    path("consent/", texts.consent, name="consent"),
    path("consent/<int:version>/", texts.version, name="consent_version"),
    path("staff/texts/<slug:kind>/", texts.text, name="text"),
    path("staff/people/", views.people, name="people"),
    path("staff/people/invite/", views.invite, name="invite"),
    path("staff/people/<uuid:member>/", appointing.person, name="person"),
    path("staff/people/<uuid:member>/give/<slug:role>/", appointing.give, name="give"),
    path("staff/people/<uuid:member>/take/<slug:role>/", appointing.take, name="take"),
    path("staff/people/<uuid:member>/suspend/", views.suspend, name="suspend"),
    path("staff/people/<uuid:member>/let-back/", views.let_back, name="let_back"),
    path("staff/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("staff/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
]
