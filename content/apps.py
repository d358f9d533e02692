from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"

    def ready(self) -> None:
        from lms.web.loading import load_hooks

        load_hooks("content")
