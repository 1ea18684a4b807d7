"""Where groups are suggested and chosen: staff's pages, and a step of joining."""

from django.urls import path

from . import suggestion_views

app_name = "suggestions"
urlpatterns = [
    path("welcome/groups/", suggestion_views.welcome, name="welcome"),
    path("staff/cohorts/<uuid:cohort>/groups/", suggestion_views.cohort, name="cohort"),
    path("staff/cohorts/<uuid:cohort>/new-group/", suggestion_views.make, name="make"),
]
