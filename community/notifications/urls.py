"""Where notifications are reached."""

from django.urls import path

from .announcements import views as announcements
from .email import views as email_views
from .inbox import views as inbox
from .preferences import views as preferences_views
from .push import views as push_views
from .texting import views as text_views

app_name = "notifications"
urlpatterns = [
    path("announcements/<uuid:announcement>/", announcements.announcement, name="announcement"),
    path("staff/announcements/", announcements.announcements, name="announcements"),
    path("staff/announcements/new/", announcements.write, name="write_announcement"),
    path("staff/announcements/<uuid:announcement>/", announcements.manage, name="manage_announcement"),
    path("staff/announcements/<uuid:announcement>/withdraw/", announcements.withdraw, name="withdraw_announcement"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.mark_all_read, name="mark_all_read"),
    path("inbox/<uuid:notification>/", inbox.open_one, name="open"),
    path("inbox/<uuid:notification>/dismiss/", inbox.dismiss, name="dismiss"),
    path("u/<slug:key>/", email_views.unsubscribe, name="unsubscribe"),
    path("me/notifications/", preferences_views.preferences, name="preferences"),
    path("me/notifications/pause/", preferences_views.pause, name="pause"),
    path("me/notifications/resume/", preferences_views.resume, name="resume"),
    path("me/notifications/try-again/", preferences_views.try_again, name="try_again"),
    path("me/notifications/device/", push_views.device, name="device"),
    path("me/notifications/device/register/", push_views.register, name="register_browser"),
    path("me/notifications/device/<uuid:browser>/remove/", push_views.remove, name="remove_browser"),
    path("me/notifications/device/<uuid:browser>/test/", push_views.test, name="test_browser"),
    path("me/notifications/texts/", text_views.texts, name="texts"),
    path("me/notifications/texts/ask/", text_views.ask, name="ask_text_code"),
    path("me/notifications/texts/prove/", text_views.prove, name="prove_number"),
    path("me/notifications/texts/remove/", text_views.remove, name="remove_number"),
]
