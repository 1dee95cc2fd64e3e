"""`python -m tests`: everything that must hold before a change lands. What CI runs, and what you run before you push.

Arguments are passed on to pytest (`python -m tests tests/corpus -x`); without any, the whole suite runs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
SCRIPTS = Path(PYTHON).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

CHECKS = (
    (str(SCRIPTS / "ruff"), "format", "--check", "."),
    (str(SCRIPTS / "ruff"), "check", "."),
    (str(SCRIPTS / "mypy"),),
    (str(SCRIPTS / "lint-imports"),),
    (PYTHON, "-m", "ingest", "--dry-run"),
    (PYTHON, "-m", "evals", "gate"),
)


def install_browser() -> None:
    """A Chromium for the browser tests: the one on the system, Playwright's own, or the system's package."""
    if any(shutil.which(browser) for browser in BROWSERS):
        return
    if subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], check=False).returncode == 0:
        return
    if shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
        return
    sys.exit("tests: no Chromium found, expected one on the PATH; install it with your system's package manager")


def main(arguments: list[str]) -> int:
    # Imported here: its fixtures lean on this module.
    from tests.ui.postgres import install_postgres

    install_browser()
    install_postgres()
    if arguments:
        return run_check((PYTHON, "-m", "pytest", *arguments))
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "STACK_ADVISOR_HOME": home}
        for check in (*CHECKS, (PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile")):
            if code := run_check(check, environment):
                return code
    return 0


def run_check(check: tuple[str, ...], environment: dict[str, str] | None = None) -> int:
    print("$", " ".join(Path(part).name if part.startswith("/") else part for part in check), flush=True)
    return subprocess.run(check, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
