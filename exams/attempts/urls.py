"""Addresses of this room."""

from django.urls import path

from exams.attempts import views, watching

urlpatterns = [
    path("exams/<int:pk>/", views.entry, name="exam_entry"),
    path("exams/<int:pk>/start/", views.begin, name="exam_start"),
    path("invigilation/", watching.watch_list, name="watch_list"),
    path("invigilation/<int:pk>/", watching.board, name="watch"),
    path("exams/attempts/<int:pk>/", views.paper, name="paper"),
    path("exams/attempts/<int:pk>/save/", views.save_answers, name="paper_save"),
    path("exams/attempts/<int:pk>/clock/", views.clock, name="paper_clock"),
    path("exams/attempts/<int:pk>/hand-in/", views.check, name="hand_in"),
    path("exams/attempts/<int:pk>/continue/", views.continue_here, name="paper_continue"),
    path("exams/attempts/<int:pk>/receipt/", views.receipt, name="receipt"),
    path("invigilation/attempts/<int:pk>/", watching.attempt, name="watch_attempt"),
]
