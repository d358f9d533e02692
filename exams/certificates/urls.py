"""Addresses of this room."""

from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("verify/", TemplateView.as_view(template_name="exams/certificates/verify.html"), name="verify"),
]
