"""Where the pages on who is here are reached."""

from django.urls import path

from . import views
from .invitations import cohort_views
from .joining import views as joining
from .people import role_pages
from .settings import policies
from .signing_in import views as signing_in

app_name = "members"
urlpatterns = [
    path("invitation/<str:key>/", joining.ConsentStep.as_view(), name="invitation"),
    path("invitation/<str:key>/name/", joining.NameStep.as_view(), name="join_name"),
    path("invitation/<str:key>/password/", joining.PasswordStep.as_view(), name="join_password"),
    path("welcome/", joining.joined, name="joined"),
    path("welcome/leaving/", joining.leaving, name="leaving"),
    path("me/", views.own_settings, name="settings"),
    path("me/discretion/", views.discretion, name="discretion"),
    path("me/conversation/", views.conversation, name="conversation"),
    path("session/", views.session, name="session"),
    path("me/welcoming/", views.welcoming, name="welcoming"),
    path("me/devices/", signing_in.devices, name="devices"),
    path("me/devices/others/end/", signing_in.end_other_devices, name="end_other_devices"),
    path("me/devices/<uuid:device>/end/", signing_in.end_device, name="end_device"),
    path("me/helped/", signing_in.helped, name="helped"),
    path("me/address/", signing_in.change_address, name="change_address"),
    path("address/confirm/<str:key>/", signing_in.confirm_address, name="confirm_address"),
    path("address/stop/<str:key>/", signing_in.stop_address, name="stop_address"),
    path("consent/", policies.consent, name="consent"),
    path("consent/<int:version>/", policies.version, name="consent_version"),
    path("staff/texts/<slug:kind>/", policies.text, name="text"),
    path("staff/people/", views.people, name="people"),
    path("staff/people/invite/", views.invite, name="invite"),
    path("staff/people/twins/", signing_in.shared_mailboxes, name="twins"),
    path("staff/people/<uuid:member>/", role_pages.person, name="person"),
    path("staff/people/<uuid:member>/give/<slug:role>/", role_pages.give, name="give"),
    path("staff/people/<uuid:member>/take/<slug:role>/", role_pages.take, name="take"),
    path("staff/people/<uuid:member>/pause/", views.pause, name="pause"),
    path("staff/people/<uuid:member>/suspend/", views.suspend, name="suspend"),
    path("staff/people/<uuid:member>/let-back/", views.let_back, name="let_back"),
    path("staff/people/<uuid:member>/close/", views.close, name="close"),
    path("staff/people/<uuid:member>/help-in/", signing_in.help_in, name="help_in"),
    path("staff/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("staff/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
    path("staff/cohorts/", cohort_views.all_cohorts, name="cohorts"),
    path("staff/cohorts/new/", cohort_views.new, name="new_cohort"),
    path("staff/cohorts/<uuid:cohort>/", cohort_views.cohort, name="cohort"),
    path("staff/cohorts/<uuid:cohort>/edit/", cohort_views.edit, name="edit_cohort"),
    path("staff/cohorts/<uuid:cohort>/invite/", cohort_views.invite, name="invite_cohort"),
    path("staff/cohorts/<uuid:cohort>/resend/", cohort_views.resend, name="resend_cohort"),
    path("staff/cohorts/<uuid:cohort>/revoke/", cohort_views.revoke, name="revoke_cohort"),
]
