"""Addresses of this room."""

from django.urls import path

from exams.sittings import admission, holding

urlpatterns = [
    path("sittings/", holding.sittings, name="sittings"),
    path("sittings/new/", holding.sitting_edit, name="sitting_new"),
    path("sittings/<int:pk>/", holding.sitting, name="sitting"),
    path("sittings/<int:pk>/edit/", holding.sitting_edit, name="sitting_edit"),
    path("sittings/<int:pk>/cancel/", holding.sitting_cancel, name="sitting_cancel"),
    path("sittings/<int:pk>/candidates/", admission.candidates, name="candidates"),
    path("sittings/<int:pk>/candidates/add/", admission.candidates_add, name="candidates_add"),
    path("sittings/<int:pk>/candidates/export/", admission.candidates_export, name="candidates_export"),
    path("sittings/<int:pk>/candidates/<int:candidate>/remove/", admission.candidate_remove, name="candidate_remove"),
]
