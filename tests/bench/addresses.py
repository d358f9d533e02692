"""The product's addresses and two floors: the least a signed-in request costs, and the least a durable save costs."""

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_required
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user.pk))


@login_required
def insert(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_floor (person, body) VALUES (%s, %s)", [request.user.pk, request.body.decode()])
    return HttpResponse("1")


urlpatterns = [path("floor/view/", view), path("floor/insert/", insert), path("", include("lms.urls"))]
