# mypy: ignore-errors
"""django-helpdesk files a folder of mails, as its `get_email` does. `bench/beside_peers.py` runs it in its own Python.

Prints JSON: the seconds, the tickets, and how many tickets a hundred of the mails open that are delivered again.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

AGAIN = 100
urlpatterns = []


def main(dsn: str, folder: Path) -> None:
    configure(dsn)
    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))
    call_command("migrate", verbosity=0)
    from helpdesk.models import Queue, Ticket

    box = folder.parent / "box"
    Queue.objects.create(
        title="Support",
        slug="support",
        email_address="support@shop.example",
        allow_email_submission=True,
        email_box_type="local",
        email_box_local_dir=str(box),
        email_box_interval=0,
        logging_type="none",
    )
    mails = sorted(folder.iterdir())
    # In the order they came in, or answers would be filed before what they answer.
    listed = os.listdir
    os.listdir = lambda path: sorted(listed(path))
    seconds = deliver(mails, box)
    tickets = Ticket.objects.count()
    deliver(mails[:AGAIN], box)
    said = {"mails": len(mails), "seconds": seconds, "tickets": tickets, "again": Ticket.objects.count() - tickets}
    sys.stdout.write(json.dumps(said) + "\n")


def deliver(mails, box: Path) -> float:
    """Seconds that filing takes, without putting them there."""
    from helpdesk.email import process_email

    shutil.rmtree(box, ignore_errors=True)
    box.mkdir()
    for mail in mails:
        shutil.copy(mail, box)
    began = time.perf_counter()
    process_email(quiet=True)
    return time.perf_counter() - began


def configure(dsn: str) -> None:
    url = urlsplit(dsn)
    asked = parse_qs(url.query)
    settings.configure(
        SECRET_KEY="bench",
        USE_TZ=True,
        SITE_ID=1,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": url.path.strip("/"),
                "USER": url.username,
                "PASSWORD": url.password or "",
                "HOST": asked.get("host", [url.hostname])[0],
                "PORT": asked.get("port", [url.port])[0],
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "django.contrib.messages",
            "django.contrib.admin",
            "django.contrib.humanize",
            "rest_framework",
            "helpdesk",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        MEDIA_ROOT="/tmp/bench-helpdesk",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        ROOT_URLCONF=__name__,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
    )
    django.setup()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
