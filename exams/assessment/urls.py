"""Addresses of this room."""

from django.urls import URLPattern, path, re_path

from exams.assessment import batch_views, own_views, views

urlpatterns: list[URLPattern] = [
    path("assessment/", views.board, name="assessment"),
    path("assessment/confirm/", views.confirm_preview, name="assessment_confirm_preview"),
    path("assessment/confirm/all/", views.confirm_many, name="assessment_confirm_many"),
    path("assessment/export/", batch_views.export, name="assessment_export"),
    path("assessment/batches/", batch_views.batches, name="assessment_batches"),
    path("assessment/batches/<int:pk>/", batch_views.batch, name="assessment_batch"),
    re_path(r"^assessment/batches/(?P<pk>[0-9]+)/file\.(?P<extension>xlsx|csv)$", batch_views.batch_file, name="assessment_batch_file"),
    path("assessment/batches/<int:pk>/identity/", batch_views.batch_file_identity, name="assessment_batch_identity"),
    path("assessment/batches/<int:pk>/correct/", batch_views.correct, name="assessment_batch_correct"),
    path("assessment/mine/", own_views.mine, name="assessment_mine"),
    path("assessment/mine/object/", own_views.objecting, name="assessment_object"),
    path("assessment/mine/copy/", own_views.copy, name="assessment_copy"),
    path("assessment/objections/<int:pk>/answer/", views.answer, name="assessment_answer"),
    path("assessment/<int:year>/<int:pk>/", views.assessment_person, name="assessment_person"),
    path("assessment/<int:year>/<int:pk>/sheet/", own_views.sheet, name="assessment_sheet"),
    path("assessment/<int:year>/<int:pk>/confirm/", views.confirm_one, name="assessment_confirm"),
    path("assessment/<int:year>/<int:pk>/return/", views.return_one, name="assessment_return"),
]
