"""Addresses of learning."""

from django.urls import path

from courses.hours import views as hours
from courses.plans import views as plans
from courses.progress import views as progress

urlpatterns = [
    path("learn/", plans.learn, name="learn"),
    path("learn/topics/<slug:key>/", plans.topic, name="topic"),
    path("learn/lessons/<int:pk>/", progress.lesson, name="lesson"),
    path("learn/lessons/<int:pk>/check/<str:block>/", progress.check, name="lesson_check"),
    path("learn/lessons/<int:pk>/position/", progress.position, name="lesson_position"),
    path("learn/lessons/<int:pk>/finish/", progress.finish, name="lesson_finish"),
    path("record/", hours.record, name="record"),
    path("hours/", hours.hours, name="hours"),
]
