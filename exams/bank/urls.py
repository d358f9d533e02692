"""Addresses of this room."""

from django.urls import path

from exams.bank import views

urlpatterns = [
    path("bank/", views.bank, name="bank"),
    path("bank/export/", views.bank_export, name="bank_export"),
    path("bank/retire/", views.bank_retire, name="bank_retire"),
    path("bank/new/<str:kind>/", views.question_new, name="question_new"),
    path("bank/<int:pk>/", views.question, name="question"),
    path("bank/<int:pk>/edit/", views.question_edit, name="question_edit"),
]
