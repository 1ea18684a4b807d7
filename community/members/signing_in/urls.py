"""Signing in and out, passwords and second factors: allauth's pages under our own templates, and only these of them."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.urls import path, re_path

from . import views, way_back_views

urlpatterns = [
    path("login/", account_views.login, name="account_login"),
    path("logout/", views.SignOut.as_view(), name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("signup/", account_views.signup, name="account_signup"),
    path("password/change/", views.ChangePassword.as_view(), name="account_change_password"),
    path("password/reset/", views.AskForLink.as_view(), name="account_reset_password"),
    path("password/reset/done/", account_views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,64})-(?P<key>[^/]{1,200})/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("way-back/", way_back_views.way_back, name="account_way_back"),
    path("again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", webauthn_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-step/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("passkey/", webauthn_views.login_webauthn, name="mfa_login_webauthn"),
    path("signing-in/", views.Overview.as_view(), name="mfa_index"),
    path("signing-in/app/", views.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("signing-in/app/remove/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("signing-in/codes/", views.ViewCodes.as_view(), name="mfa_view_recovery_codes"),
    path("signing-in/codes/new/", recovery_code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("signing-in/passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("signing-in/passkeys/<int:pk>/", views.NamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("signing-in/passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
