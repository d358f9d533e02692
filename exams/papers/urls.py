"""Addresses of this room."""

from django.urls import path

from exams.papers import views

urlpatterns = [
    path("papers/", views.papers, name="papers"),
    path("papers/new/", views.blueprint_edit, name="blueprint_new"),
    path("papers/<int:pk>/", views.blueprint, name="blueprint"),
    path("papers/<int:pk>/edit/", views.blueprint_edit, name="blueprint_edit"),
    path("papers/<int:pk>/copy/", views.blueprint_copy, name="blueprint_copy"),
    path("papers/<int:pk>/sample/", views.blueprint_sample, name="blueprint_sample"),
]
