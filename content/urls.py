"""Addresses of what is taught."""

from django.urls import path

from content.lessons import views

urlpatterns = [path("search/", views.search_page, name="search")]
