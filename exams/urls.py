"""Addresses of proof, by room: each room lists its own screens in `<room>/urls.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include(f"exams.{room}.urls"))
    for room in ("bank", "papers", "sittings", "attempts", "marking", "certificates", "compliance", "assessment")
]
