"""django-helpdesk: its `get_email` over the same mails, in an environment of its own outside the project."""

import os
import subprocess
from pathlib import Path

from bench.end_to_end.beside import Took, hear

#: What is measured; Django as its own requirements choose.
PINNED = ("django-helpdesk==2.6.1", "django==5.2.19")

SITE = Path(__file__).with_name("helpdesk_site.py")

#: An index that takes longer is not reachable.
INSTALL_SECONDS = 300


def helpdesk_python() -> Path:
    """Return the Python of an environment that has django-helpdesk; made at the first call, and kept.

    Raises:
        RuntimeError: it could not be installed: no index is reachable.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "svarsvakt-bench" / "-".join(each.replace("==", "-") for each in PINNED)
    python, marker = folder / "bin" / "python", folder / "complete"
    if marker.exists():
        return python
    for command in (
        ["uv", "venv", "--quiet", "--clear", "--python", "3.11", str(folder)],
        ["uv", "pip", "install", "--quiet", "--python", str(python), *PINNED],
    ):
        # uv came with the project's own requirements.
        done = subprocess.run(
            [Path(__file__).parents[2] / ".venv" / "bin" / command[0], *command[1:]],
            capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(
                f"django-helpdesk could not be installed; leave it out: --without-helpdesk\n{done.stderr}"
            )
    marker.touch()
    return python


def drain(python: Path, imap_port: int, user: str, smtp_port: int, folder: Path) -> Took:
    """Let `get_email` take everything in the mailbox."""
    folder.mkdir(parents=True, exist_ok=True)
    # -P: the script's own folder has modules whose names mean something else there.
    return hear([str(python), "-P", str(SITE), str(imap_port), user, str(smtp_port), str(folder)], PYTHONPATH="")
