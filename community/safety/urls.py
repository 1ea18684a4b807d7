"""Where reporting, blocking and the desk are reached."""

from django.urls import path

from . import views

app_name = "safety"
urlpatterns = [
    path("report/<slug:kind>/<uuid:target>/", views.report, name="report"),
    path("reported/<uuid:report>/", views.reported, name="reported"),
    path("people/<uuid:member>/", views.person, name="person"),
    path("safety/", views.own, name="own"),
    path("safety/notes/<uuid:report>/read/", views.read_note, name="read_note"),
    path("block/<uuid:member>/", views.block, name="block"),
    path("unblock/<uuid:member>/", views.unblock, name="unblock"),
    path("staff/reports/", views.desk, name="desk"),
    path("staff/reports/<uuid:report>/", views.case, name="case"),
    path("staff/reports/<uuid:report>/undo/", views.undo, name="undo"),
]
