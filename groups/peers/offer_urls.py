"""Where groups are offered and chosen: staff's pages, and a step of joining."""

from django.urls import path

from . import offer_views

app_name = "offers"
urlpatterns = [
    path("welcome/groups/", offer_views.welcome, name="welcome"),
    path("staff/cohorts/<uuid:cohort>/groups/", offer_views.cohort, name="cohort"),
    path("staff/cohorts/<uuid:cohort>/new-group/", offer_views.make, name="make"),
]
