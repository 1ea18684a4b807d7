from django.urls import path

from .page import views

app_name = "chat"
urlpatterns = [
    path("<uuid:channel>/", views.conversation, name="conversation"),
    path("<uuid:channel>/history/", views.history, name="history"),
    path("<uuid:channel>/send/", views.send, name="send"),
    path("<uuid:channel>/draft/", views.draft, name="draft"),
    path("<uuid:channel>/read/", views.read, name="read"),
    path("<uuid:channel>/<uuid:message>/edit/", views.edit, name="edit"),
    path("<uuid:channel>/<uuid:message>/delete/", views.delete, name="delete"),
    path("<uuid:channel>/<uuid:message>/bring-back/", views.bring_back, name="bring_back"),
    path("<uuid:channel>/<uuid:message>/react/", views.react, name="react"),
]
