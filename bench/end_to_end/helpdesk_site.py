"""A site of django-helpdesk as its documentation sets one up, with one queue; runs in an environment of its own.

It knows nothing of Svarsvakt: it is run by another Python, which has Django and django-helpdesk alone.
"""

import json
import resource
import sys
import time
from typing import Any

APPS = (
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.humanize", "django.contrib.messages", "django.contrib.admin", "rest_framework", "helpdesk",
)  # fmt: skip


def main(imap_port: int, user: str, smtp_port: int, folder: str) -> None:
    """Take everything in the mailbox, and print what it took."""
    _configure(smtp_port, folder)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    _make_queue(imap_port, user)
    before, began = time.process_time(), time.perf_counter()
    call_command("get_email")
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu_seconds": time.process_time() - before, "peak_mb": peak_mb}))


def _configure(smtp_port: int, folder: str) -> None:
    import django
    from django.conf import settings

    values: dict[str, Any] = {
        "SECRET_KEY": "bench", "INSTALLED_APPS": APPS, "SITE_ID": 1, "USE_TZ": True,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/helpdesk.sqlite3"}},
        "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": smtp_port, "DEFAULT_FROM_EMAIL": "kontaktcenter@exempelby.example",
        "MEDIA_ROOT": f"{folder}/media", "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        "HELPDESK_TEAMS_MODE_ENABLED": False,
    }  # fmt: skip
    settings.configure(**values)
    django.setup()
    from django.urls import include, path

    # Its mails hold links to its pages.
    settings.ROOT_URLCONF = (path("", include("helpdesk.urls", namespace="helpdesk")),)


def _make_queue(imap_port: int, user: str) -> None:
    from helpdesk.models import Queue

    Queue.objects.create(
        title="Kontaktcenter", slug="kontaktcenter", email_address=user, allow_email_submission=True,
        email_box_type="imap", email_box_host="127.0.0.1", email_box_port=imap_port, email_box_user=user,
        email_box_pass="hemligt", email_box_imap_folder="INBOX", email_box_interval=0, locale="en",
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
