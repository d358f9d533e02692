from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from lms.web.loading import load_hooks

        load_hooks("courses")
