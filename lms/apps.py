from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LmsConfig(AppConfig):
    name = "lms"
    verbose_name = "Ground floor"

    def ready(self) -> None:
        from lms import receivers
        from lms.audit.guards import lay_all
        from lms.web.loading import load_hooks

        post_migrate.connect(lay_all, dispatch_uid="lay_guards")
        receivers.connect()
        load_hooks("lms")
