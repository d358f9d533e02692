"""Addresses of this room."""

from django.urls import path

from exams.certificates import verification, views

urlpatterns = [
    path("certificates/", views.mine, name="certificates"),
    path("certificates/all/", views.register, name="certificates_all"),
    path("certificates/all/<slug:number>/", views.one, name="certificate"),
    path("certificates/all/<slug:number>/revoke/", views.revoke_one, name="certificate_revoke"),
    path("certificates/all/<slug:number>/draw/", views.draw_again, name="certificate_draw"),
    path("certificates/<slug:number>.pdf", views.file, name="certificate_file"),
    path("verify/", verification.verify, name="verify"),
    path("v/<slug:code>/", verification.verified, name="verified"),
]
