from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "exams"

    def ready(self) -> None:
        from exams import receivers
        from lms.web.loading import load_hooks

        load_hooks("exams")
        receivers.connect()
