"""Addresses of the ground floor's rooms."""

from django.urls import path

from lms.people import views as people

urlpatterns = [
    path("profile/", people.profile, name="profile"),
]
