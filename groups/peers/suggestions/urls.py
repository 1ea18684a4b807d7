"""Where groups are suggested and chosen: staff's pages, and a step of joining."""

from django.urls import path

from . import views

app_name = "suggestions"
urlpatterns = [
    path("welcome/groups/", views.welcome, name="welcome"),
    path("staff/cohorts/<uuid:cohort>/groups/", views.cohort, name="cohort"),
    path("staff/cohorts/<uuid:cohort>/new-group/", views.make, name="make"),
]
