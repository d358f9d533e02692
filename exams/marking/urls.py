"""Addresses of this room."""

from django.urls import path
from django.views.decorators.gzip import gzip_page

from exams.marking import queue_views, staff_views, station_views, views

urlpatterns = [
    path("exams/", gzip_page(views.my_exams), name="exams"),
    path("exams/attempts/<int:pk>/result/", gzip_page(views.my_result), name="result"),
    path("marking/", queue_views.marking, name="marking"),
    path("marking/<int:sitting>/<int:version>/", queue_views.marking_queue, name="marking_queue"),
    path("marking/<int:sitting>/<int:version>/<int:number>/", queue_views.marking_piece, name="marking_piece"),
    path("marking/<int:sitting>/<int:version>/<int:number>/file/", queue_views.marking_file, name="marking_file"),
    path("stations/", station_views.stations, name="stations"),
    path("stations/<int:pk>/", station_views.station_list, name="station_list"),
    path("stations/<int:pk>/<int:attempt>/<int:n>/", station_views.station, name="station"),
    path("results/", staff_views.results, name="results"),
    path("results/<int:pk>/", staff_views.sitting_results, name="sitting_results"),
    path("results/<int:pk>/release/", staff_views.release_results, name="release_results"),
]
