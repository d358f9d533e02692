"""All addresses, by app. Each app's `urls.py` lists its rooms' screens."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.decorators.gzip import gzip_page
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.people import views as people
from lms.web import views as web

cms_words = login_required(JavaScriptCatalog.as_view(packages=["wagtail.admin", "content"]))

urlpatterns = [
    path("", gzip_page(web.home), name="home"),
    path("display/", web.display, name="display"),
    path("help/", web.help_page, name="help"),
    path("privacy/", web.privacy, name="privacy"),
    path("live/", web.live, name="live"),
    path("ready/", web.ready, name="ready"),
    path("sign-in/", people.SignIn.as_view(), name="sign_in"),
    path("sign-out/", people.SignOut.as_view(), name="sign_out"),
    path("", include("lms.rooms")),
    path("", include("content.urls")),
    path("", include("courses.urls")),
    path("", include("exams.urls")),
    path("cms/jsi18n/", cms_words, name="cms_words"),  # before Wagtail's own, which knows its own catalogue only
    path("cms/login/", RedirectView.as_view(pattern_name="sign_in", query_string=True)),  # one way in, for everybody
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("pages/", include(wagtail_urls)),
]

handler500 = "lms.web.views.failed"
