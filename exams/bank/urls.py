"""Addresses of this room."""

from django.urls import path

from exams.bank import step_views, views

urlpatterns = [
    path("bank/", views.bank, name="bank"),
    path("bank/export/", views.bank_export, name="bank_export"),
    path("bank/steps/", step_views.bank_steps, name="bank_steps"),
    path("bank/new/<str:kind>/", views.question_new, name="question_new"),
    path("bank/<int:pk>/", views.question, name="question"),
    path("bank/<int:pk>/edit/", views.question_edit, name="question_edit"),
    path("bank/<int:pk>/review/", step_views.question_review, name="question_review"),
    path("bank/<int:pk>/versions/<int:number>/restore/", step_views.version_restore, name="version_restore"),
]
