"""The routes of the pages about people."""

from django.urls import path

from .invitations import card_views, cohort_views, do_not_write_views
from .invitations import views as invitations_views
from .joining import card_code_views
from .joining import views as joining_views
from .people import role_views
from .people import views as people_views
from .settings import closing_views, policy_views
from .settings import views as settings_views
from .signing_in import address_views, device_views, help_views, way_back_views
from .signing_in import views as signing_in_views

app_name = "members"
urlpatterns = [
    path("card/", card_code_views.card, name="card"),
    path("invitation/<str:key>/", joining_views.ConsentStep.as_view(), name="invitation"),
    path("invitation/<str:key>/name/", joining_views.NameStep.as_view(), name="join_name"),
    path("invitation/<str:key>/sign-in/", joining_views.SignInStep.as_view(), name="join_sign_in"),
    path("invitation/<str:key>/password/", joining_views.PasswordStep.as_view(), name="join_password"),
    path("stop/<str:token>/", do_not_write_views.do_not_write, name="do_not_write"),
    path("welcome/", joining_views.joined, name="joined"),
    path("welcome/leaving/", joining_views.leaving, name="leaving"),
    path("me/", settings_views.own_settings, name="settings"),
    path("me/close/", closing_views.close_own, name="close_own"),
    path("me/closing/", closing_views.closing, name="closing"),
    path("me/closing/cancel/", closing_views.cancel, name="cancel_closing"),
    path("me/discretion/", settings_views.discretion, name="discretion"),
    path("me/conversation/", settings_views.conversation, name="conversation"),
    path("session/", signing_in_views.session, name="session"),
    path("me/welcoming/", settings_views.welcoming, name="welcoming"),
    path("me/devices/", device_views.devices, name="devices"),
    path("me/devices/others/end/", device_views.end_other_devices, name="end_other_devices"),
    path("me/devices/<uuid:device>/end/", device_views.end_device, name="end_device"),
    path("me/helped/", help_views.helped, name="helped"),
    path("me/ways-back/", way_back_views.own, name="ways_back"),
    path("me/ways-back/refuse/", way_back_views.refuse, name="refuse_ways_back"),
    path("me/address/", address_views.change_address, name="change_address"),
    path("me/address/stop/", address_views.stop_own_address, name="stop_own_address"),
    path("me/address/away/", address_views.take_address_away, name="take_address_away"),
    path("address/confirm/<str:key>/", address_views.confirm_address, name="confirm_address"),
    path("address/stop/<str:key>/", address_views.stop_address, name="stop_address"),
    path("consent/", policy_views.consent, name="consent"),
    path("consent/<int:version>/", policy_views.version, name="consent_version"),
    path("staff/texts/<slug:kind>/", policy_views.policy, name="policy"),
    path("staff/people/", people_views.people, name="people"),
    path("staff/people/invite/", invitations_views.invite, name="invite"),
    path("staff/people/write-again/", do_not_write_views.write_again, name="write_again"),
    path("staff/people/twins/", help_views.shared_mailboxes, name="shared_mailboxes"),
    path("staff/people/<uuid:member>/", role_views.person, name="person"),
    path("staff/people/<uuid:member>/give/<slug:role>/", role_views.give, name="give"),
    path("staff/people/<uuid:member>/take/<slug:role>/", role_views.take, name="take"),
    path("staff/people/<uuid:member>/pause/", people_views.pause, name="pause"),
    path("staff/people/<uuid:member>/suspend/", people_views.suspend, name="suspend"),
    path("staff/people/<uuid:member>/let-back/", people_views.reinstate, name="let_back"),
    path("staff/people/<uuid:member>/close/", people_views.close, name="close"),
    path("staff/people/<uuid:member>/help-in/", help_views.help_in, name="help_in"),
    path("staff/invitations/<uuid:invitation>/resend/", invitations_views.resend, name="resend"),
    path("staff/invitations/<uuid:invitation>/revoke/", invitations_views.revoke, name="revoke"),
    path("cards/for/<uuid:cohort>/", card_views.make, name="make_cards"),
    path("cards/<uuid:sheet>/", card_views.sheet, name="card_sheet"),
    path("cards/<uuid:sheet>/revoke/", card_views.revoke, name="revoke_cards"),
    path("staff/cohorts/", cohort_views.all_cohorts, name="cohorts"),
    path("staff/cohorts/new/", cohort_views.new, name="new_cohort"),
    path("staff/cohorts/<uuid:cohort>/", cohort_views.cohort, name="cohort"),
    path("staff/cohorts/<uuid:cohort>/edit/", cohort_views.edit, name="edit_cohort"),
    path("staff/cohorts/<uuid:cohort>/invite/", cohort_views.invite, name="invite_cohort"),
    path("staff/cohorts/<uuid:cohort>/resend/", cohort_views.resend, name="resend_cohort"),
    path("staff/cohorts/<uuid:cohort>/revoke/", cohort_views.revoke, name="revoke_cohort"),
]
