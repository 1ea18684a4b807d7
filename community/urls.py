"""Where everything is reached. Views need a signed-in member unless they say otherwise."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from community import branding, csp_reports, health, views
from community.centre.views import outbox
from community.demo.views import demo_codes

handler400 = "community.errors.bad_request"
handler403 = "community.errors.forbidden"
handler404 = "community.errors.not_found"
handler429 = "community.errors.too_many"  # allauth asks for this one
handler500 = "community.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("help/", views.help_now, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("leaving/", views.leaving, name="leaving"),
    path("leave/", views.leave, name="leave"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("look/<slug:key>.css", branding.look, name="look"),
    path("look/<slug:key>.webp", branding.logo, name="logo"),
    path("look/<slug:key>/<int:size>.png", branding.icon, name="icon"),
    path("look/<slug:key>/<int:size>-masked.png", branding.icon, {"masked": True}, name="icon_masked"),
    path(settings.POLICY_REPORTS[1:], csp_reports.report, name="policy_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("community.members.urls")),
    path("accounts/", include("community.members.signing_in.urls")),
    path("", include("community.downloads.urls")),
    path("", include("community.notifications.urls")),
    path("", include("community.safety.urls")),
    path("", include("groups.peers.suggestions.urls")),
    path("groups/", include("groups.peers.urls")),
    path("chat/", include("groups.chat.urls")),
    path("outbox/", outbox, name="outbox"),
    path("demo/codes/", demo_codes, name="demo_codes"),
    path("", include("cms.urls")),  # last: it answers for whole folders
]
