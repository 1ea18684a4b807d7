"""The addresses of the pages where staff suggest groups, and of the step of joining at which members choose."""

from django.urls import path

from . import views

app_name = "suggestions"
urlpatterns = [
    path("welcome/groups/", views.welcome, name="welcome"),
    path("staff/cohorts/<uuid:cohort>/groups/", views.cohort, name="cohort"),
    path("staff/people/<uuid:member>/groups/", views.person, name="person"),
    path("staff/cohorts/<uuid:cohort>/new-group/", views.make, name="make"),
]
