"""Where notifications are reached."""

from django.urls import path

from .announcements import views as announcements

app_name = "notifications"
urlpatterns = [
    path("announcements/<uuid:announcement>/", announcements.announcement, name="announcement"),
    path("staff/announcements/", announcements.announcements, name="announcements"),
    path("staff/announcements/new/", announcements.write, name="write_announcement"),
    path("staff/announcements/<uuid:announcement>/", announcements.manage, name="manage_announcement"),
    path("staff/announcements/<uuid:announcement>/withdraw/", announcements.withdraw, name="withdraw_announcement"),
]
