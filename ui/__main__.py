"""`python -m ui` is `stack-advisor`."""

from ui.cli import run

if __name__ == "__main__":
    run()
