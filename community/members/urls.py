"""Where the pages on who is here are reached."""

from django.urls import path

from . import signing_in, views

app_name = "members"
urlpatterns = [
    path("invitation/<str:key>/", views.Answer.as_view(), name="invitation"),
    path("me/", views.own_settings, name="settings"),
    path("me/devices/", signing_in.devices, name="devices"),
    path("me/devices/others/end/", signing_in.end_other_devices, name="end_other_devices"),
    path("me/devices/<uuid:device>/end/", signing_in.end_device, name="end_device"),
    path("me/helped/", signing_in.helped, name="helped"),
    path("me/address/", signing_in.change_address, name="change_address"),
    path("address/confirm/<str:key>/", signing_in.confirm_address, name="confirm_address"),
    path("address/stop/<str:key>/", signing_in.stop_address, name="stop_address"),
    path("staff/people/", views.people, name="people"),
    path("staff/people/invite/", views.invite, name="invite"),
    path("staff/people/<uuid:member>/suspend/", views.suspend, name="suspend"),
    path("staff/people/<uuid:member>/let-back/", views.let_back, name="let_back"),
    path("staff/people/<uuid:member>/help-in/", signing_in.help_in, name="help_in"),
    path("staff/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("staff/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
]
