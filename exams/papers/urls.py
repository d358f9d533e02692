"""Addresses of this room."""

from django.urls import path

from exams.papers import print_views, set_views, views

urlpatterns = [
    path("papers/", views.papers, name="papers"),
    path("papers/new/", views.blueprint_edit, name="blueprint_new"),
    path("papers/<int:pk>/", views.blueprint, name="blueprint"),
    path("papers/<int:pk>/edit/", views.blueprint_edit, name="blueprint_edit"),
    path("papers/<int:pk>/copy/", views.blueprint_copy, name="blueprint_copy"),
    path("papers/<int:pk>/make/", views.blueprint_make, name="blueprint_make"),
    path("papers/<int:pk>/sample/", print_views.blueprint_sample, name="blueprint_sample"),
    path("papers/<int:pk>/print/", print_views.blueprint_print, name="blueprint_print"),
    path("papers/sets/", set_views.paper_sets, name="paper_sets"),
    path("papers/sets/new/", set_views.paper_set_new, name="paper_set_new"),
    path("papers/sets/<int:pk>/", set_views.paper_set, name="paper_set"),
    path("papers/sets/<int:pk>/pick/", set_views.paper_set_pick, name="paper_set_pick"),
    path("papers/sets/<int:pk>/change/", set_views.paper_set_change, name="paper_set_change"),
    path("papers/sets/<int:pk>/copy/", set_views.paper_set_copy, name="paper_set_copy"),
    path("papers/sets/<int:pk>/preview/", print_views.paper_set_preview, name="paper_set_preview"),
    path("papers/sets/<int:pk>/print/", print_views.paper_set_print, name="paper_set_print"),
    path("papers/prints/<int:job>/", print_views.paper_printed, name="paper_printed"),
]
