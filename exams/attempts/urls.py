"""Addresses of this room. What candidates read goes out compressed (docs/decisions/0012)."""

from django.urls import path
from django.views.decorators.gzip import gzip_page

from exams.attempts import entering, previewing, pulse_views, room_views, take_in_views, upload_views, views, watching

urlpatterns = [
    path("exams/<int:pk>/", gzip_page(entering.entry), name="exam_entry"),
    path("exams/<int:pk>/start/", entering.begin, name="exam_start"),
    path("sittings/<int:pk>/preview/", previewing.preview, name="sitting_preview"),
    path("invigilation/", watching.watch_list, name="watch_list"),
    path("invigilation/<int:pk>/", watching.board, name="watch"),
    path("invigilation/<int:pk>/act/", room_views.act, name="watch_act"),
    path("invigilation/<int:pk>/outage/", room_views.outage, name="watch_outage"),
    path("invigilation/<int:pk>/incidents/", room_views.incidents, name="watch_incidents"),
    path("invigilation/<int:pk>/late/", room_views.late, name="watch_late"),
    path("invigilation/<int:pk>/file/", take_in_views.take_in_file, name="watch_file"),
    path("exams/attempts/<int:pk>/", views.paper, name="paper"),
    path("exams/attempts/<int:pk>/files/<int:n>/", upload_views.upload, name="paper_upload"),
    path("exams/attempts/<int:pk>/save/", views.save_answers, name="paper_save"),
    path("exams/attempts/<int:pk>/clock/", views.clock, name="paper_clock"),
    path("exams/attempts/<int:pk>/pulse/", pulse_views.pulse, name="paper_pulse"),
    path("exams/attempts/<int:pk>/hand-in/", gzip_page(views.check), name="hand_in"),
    path("exams/attempts/<int:pk>/continue/", views.continue_here, name="paper_continue"),
    path("exams/attempts/<int:pk>/receipt/", gzip_page(views.receipt), name="receipt"),
    path("invigilation/attempts/<int:pk>/", watching.attempt, name="watch_attempt"),
    path("invigilation/decisions/<int:pk>/", room_views.decide, name="watch_decide"),
]
