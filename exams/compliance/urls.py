"""Addresses of this room."""

from django.urls import path

from exams.compliance import requirements, views

urlpatterns = [
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/remind/", views.coverage_remind, name="coverage_remind"),
    path("coverage/<slug:code>/", views.coverage_unit, name="coverage_unit"),
    path("requirements/", requirements.requirements, name="requirements"),
    path("requirements/add/", requirements.requirement_add, name="requirement_add"),
    path("requirements/<int:pk>/end/", requirements.requirement_end, name="requirement_end"),
    path("requirements/staffing/add/", requirements.staffing_add, name="staffing_add"),
    path("requirements/staffing/<int:pk>/end/", requirements.staffing_end, name="staffing_end"),
]
