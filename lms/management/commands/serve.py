"""What `make up` runs: gets everything ready that is not ready yet, then keeps the web process and the embedded worker going."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from lms.policy.defaults import lay_defaults
from lms.web import catalogues
from lms.web.builds import adopt, another_build, this_build
from lms.web.fitness import trust_again
from lms.web.readiness import outdated, remember

PATIENCE = 15.0  # seconds a child has to end by itself after SIGTERM
RESTART_PAUSE = 2.0


class Command(BaseCommand):
    help = "Gets the installation ready (skipping what is done) and serves it in the foreground until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="get ready, then end without serving")
        parser.add_argument("--adopt", action="store_true", help="go back to this build: all nodes must run it from now on")

    def handle(self, *args: Any, prepare: bool, **options: Any) -> None:
        host, port = os.environ.get("CHIZHENG_BIND", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        if not prepare:
            self._refuse_taken(host, port)
        self._prepare(back=options["adopt"])
        if not prepare:
            self._announce(host, port)
            raise SystemExit(self._run(host, port))

    def _refuse_taken(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"端口 {port} 无法使用，请换一个端口，例如 PORT={port + 1} make up。 / Port {port} on {host} can't be used ({error.strerror}). "
                    f"Choose another one, for example: PORT={port + 1} make up"
                ) from error

    # --- getting ready: every step looks first and says what it skips ---

    def _prepare(self, back: bool) -> None:
        if said := trust_again():
            self.stderr.write(f"This node had called itself unfit: {said}. It is trusted again, because it was started by hand.")
        steps = [self._step("Message catalogues", self._words), self._step("Database", self._migrate), self._step("Static files", self._static)]
        steps += [self._step("Policy figures", self._policy), self._step("Lessons and questions", self._library)]
        if os.environ.get("CHIZHENG_DEMO", "1") != "0":
            steps.append(self._step("Demo county", self._demo))
        self._adopt(back)
        skipped = [name for name, worked in steps if not worked]
        if skipped:
            self.stdout.write(f"Ready already, skipped: {', '.join(skipped)}.")

    def _step(self, name: str, work: Any) -> tuple[str, bool]:
        began = time.monotonic()
        worked = bool(work())
        if worked:
            self.stdout.write(f"{name}: done in {time.monotonic() - began:.1f} s.")
            self.stdout.flush()
        return name, worked

    def _words(self) -> bool:
        return bool(catalogues.compile_all())

    def _migrate(self) -> bool:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        self.stdout.write("Database: applying migrations …")
        call_command("migrate", interactive=False, verbosity=0)
        return True

    def _adopt(self, back: bool) -> None:
        """This build becomes the installation's, unless it is one that was left. On SQLite there is one node: it may go back."""
        if not adopt(at=timezone.now(), back=back or connection.vendor == "sqlite"):
            raise CommandError(
                f"This machine runs build {this_build()}, the installation has gone on to {another_build()}. Bring this machine in step, or "
                "take the whole installation back to it: manage.py serve --prepare --adopt"
            )

    def _static(self) -> bool:
        sources = [Path(settings.BASE_DIR) / app for app in ("lms", "content", "courses", "exams")]
        mark = outdated("static", [path for root in sources for path in root.rglob("*") if path.suffix in {".css", ".js", ".svg", ".png", ".woff2"}])
        if mark is None and Path(staticfiles_storage.location).exists():  # type: ignore[attr-defined]
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        remember("static", mark)
        return True

    def _policy(self) -> bool:
        return bool(lay_defaults(at=timezone.now()))

    def _library(self) -> bool:
        library = Path(settings.BASE_DIR) / "content" / "library"
        mark = outdated("library", [path for path in library.rglob("*") if path.suffix in {".md", ".toml", ".py"}])
        if mark is None and apps.get_model("content", "TopicPage").objects.exists():  # the mark is of this machine, the pages of the database
            return False
        for command in ("load_library", "load_questions"):
            if command in get_commands():
                call_command(command, stdout=self.stdout)
        remember("library", mark)
        return True

    def _demo(self) -> bool:
        from lms.people.models import Person

        if "demo" not in get_commands() or Person.objects.filter(demo=True).exists():
            return False
        if Person.objects.exists():
            self.stdout.write("There are people here already: the demo county is not loaded. (`manage.py demo load` would.)")
            return False
        call_command("demo", "load", stdout=self.stdout, verbosity=0)
        return True

    def _announce(self, host: str, port: int) -> None:
        address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}/"  # noqa: S104
        accounts = Path(settings.VAR_DIR) / "demo-accounts.txt"
        self.stdout.write("")
        if accounts.exists():
            self.stdout.write(accounts.read_text(encoding="utf-8"))
        self.stdout.write(f"持证平台已启动 / Chizheng is running:  {address}")
        self.stdout.write("按 Ctrl+C 停止。 / Press Ctrl+C to stop.")
        self.stdout.flush()

    # --- keeping it going ---

    def _run(self, host: str, port: int) -> int:
        """Run the web process and, without a broker, the embedded worker; returns the exit code.

        The worker is started again when it dies: the outbox loses nothing. When the web process dies, all ends.
        """
        connection.close()
        web = subprocess.Popen(self._web(host, port))  # noqa: S603
        worker = self._start_worker()
        stopping = False

        def stop(*_: object) -> None:
            nonlocal stopping
            stopping = True

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        again_at = 0.0
        while not stopping and web.poll() is None:
            if worker is not None and worker.poll() is not None and time.monotonic() >= again_at:
                self.stderr.write(f"The worker ended with {worker.returncode}; it is started again.")
                worker, again_at = self._start_worker(), time.monotonic() + RESTART_PAUSE
            time.sleep(0.2)
        code = 0 if stopping else 1
        if not stopping:
            self.stderr.write(f"The web process ended with {web.returncode}; everything is stopped.")
        self._end([child for child in (web, worker) if child is not None])
        return code

    def _web(self, host: str, port: int) -> list[str]:
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        processes, threads = os.environ.get("CHIZHENG_PROCESSES", "2"), os.environ.get("CHIZHENG_THREADS", "8")
        return [
            sys.executable, "-m", "gunicorn", "lms.wsgi", "--bind", bind, "--worker-class", "gthread", "--workers", processes, "--threads", threads,
            "--graceful-timeout", "10", "--preload", "--log-level", "warning",
            "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp",  # noqa: S108
        ]  # fmt: skip

    def _start_worker(self) -> "subprocess.Popen[bytes] | None":
        if not settings.EMBEDDED_WORKER:
            return None
        return subprocess.Popen([sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "worker"])  # noqa: S603

    def _end(self, children: "list[subprocess.Popen[bytes]]") -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + PATIENCE
        for child in children:
            try:
                child.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
