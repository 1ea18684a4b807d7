"""Signing in and out, passwords and second factors: allauth's pages under our own templates, and only these of them."""

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from . import views as signing_in

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("password/change/", signing_in.ChangePassword.as_view(), name="account_change_password"),
    path("password/reset/", signing_in.AskForLink.as_view(), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,64})-(?P<key>[^/]{1,200})/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("again/", views.reauthenticate, name="account_reauthenticate"),
    path("again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-step/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("signing-in/", signing_in.Overview.as_view(), name="mfa_index"),
    path("signing-in/app/", signing_in.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("signing-in/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("signing-in/codes/", signing_in.ViewCodes.as_view(), name="mfa_view_recovery_codes"),
    path("signing-in/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("signing-in/passkeys/add/", signing_in.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("signing-in/passkeys/<int:pk>/", signing_in.NamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("signing-in/passkeys/<int:pk>/remove/", signing_in.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
