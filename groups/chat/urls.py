from django.urls import path

from .page import message_views, views

app_name = "chat"
urlpatterns = [
    path("involvement/", views.involvement, name="involvement"),
    path("links/", views.links, name="links"),
    path("<uuid:channel>/", views.conversation, name="conversation"),
    path("<uuid:channel>/history/", views.history, name="history"),
    path("<uuid:channel>/send/", views.send, name="send"),
    path("<uuid:channel>/draft/", views.draft, name="draft"),
    path("<uuid:channel>/read/", views.read, name="read"),
    path("<uuid:channel>/<uuid:message>/edit/", message_views.edit, name="edit"),
    path("<uuid:channel>/<uuid:message>/delete/", message_views.delete, name="delete"),
    path("<uuid:channel>/<uuid:message>/bring-back/", message_views.bring_back, name="bring_back"),
    path("<uuid:channel>/<uuid:message>/react/", message_views.react, name="react"),
]
