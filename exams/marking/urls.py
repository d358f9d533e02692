"""Addresses of this room."""

from django.urls import path

from exams.marking import staff_views, views

urlpatterns = [
    path("exams/", views.my_exams, name="exams"),
    path("exams/attempts/<int:pk>/result/", views.my_result, name="result"),
    path("results/", staff_views.results, name="results"),
    path("results/<int:pk>/", staff_views.sitting_results, name="sitting_results"),
    path("results/<int:pk>/release/", staff_views.release_results, name="release_results"),
]
