"""Draws a paper that nothing may keep: HTML goes in, PDF comes out, in a process that ends with it.

The other documents of the portal are drawn by a worker and kept for a day (cafe.pdf). A recovery code may lie in no
row, no broker and no file, so the process of the web server has it drawn at once, next to itself: Pango never loads
in the web process, and what the child knew is gone when it ends.
"""

import os
import subprocess
import sys

from django.conf import settings

PATIENCE = 20  # seconds, under gunicorn's 30


def drawn(html):
    """Return the PDF of this HTML. Raises subprocess.SubprocessError where it could not be drawn."""
    command = [sys.executable, "-m", "listening_cell.drawing"]
    done = subprocess.run(  # noqa: S603  our own module, by the interpreter that runs us
        command, input=html.encode(), capture_output=True, timeout=PATIENCE, check=True, cwd=settings.BASE_DIR
    )
    return done.stdout


def main():
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cafe.settings")
    django.setup()
    from cafe import pdf  # noqa: PLC0415  needs the settings

    sys.stdout.buffer.write(pdf.drawn(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()
