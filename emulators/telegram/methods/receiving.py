"""Methods by which a bot gets its updates and files."""

import re
from typing import Any
from urllib.parse import urlsplit

from emulators.telegram import refusals
from emulators.telegram.cloud import Cloud
from emulators.telegram.parameters import Parameters
from emulators.telegram.refusals import Refused
from emulators.telegram.setup import Json, Webhook

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LONGEST_POLL = 50  # seconds


async def get_updates(cloud: Cloud, given: Parameters) -> list[Json]:
    if cloud.setup.webhook.url:
        raise Refused(refusals.CONFLICT_WEBHOOK)
    _choose_updates(cloud, given)
    wait = min(_LONGEST_POLL, given.number("timeout"))
    found = await cloud.polling.get(offset=given.number("offset"), limit=given.number("limit", 100), wait=wait)
    return [update.as_json() for update in found]


def set_webhook(cloud: Cloud, given: Parameters) -> bool:
    url = given.text("url")
    if not url:
        return delete_webhook(cloud, given)
    secret, parts = given.text("secret_token"), urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise Refused(refusals.NOT_HTTPS)
    if secret and not _SECRET.fullmatch(secret):
        raise Refused(refusals.BAD_SECRET)
    _choose_updates(cloud, given)
    _forget(cloud, given)
    most = max(1, min(100, given.number("max_connections", 40)))
    cloud.setup.webhook = Webhook(url, secret, most)
    cloud.polling.end(refusals.CONFLICT_SET)
    cloud.courier.restart()
    return True


def delete_webhook(cloud: Cloud, given: Parameters) -> bool:
    cloud.setup.webhook = Webhook()
    _forget(cloud, given)
    cloud.courier.restart()
    return True


def get_webhook_info(cloud: Cloud, _given: Parameters) -> Json:
    setup, webhook = cloud.setup, cloud.setup.webhook
    told: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(cloud.updates.pending),
    }
    if webhook.url:
        told |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    if setup.allowed_updates:
        told["allowed_updates"] = [*setup.allowed_updates]
    if webhook.last_error_at is not None:
        told |= {
            "last_error_date": int(webhook.last_error_at.timestamp()),
            "last_error_message": webhook.last_error,
        }
    return told


def get_file(cloud: Cloud, given: Parameters) -> Json:
    return cloud.files.link(given.text("file_id"))


def _choose_updates(cloud: Cloud, given: Parameters) -> None:
    """What is not said stays as it was; an empty list is the default."""
    wanted: Any = given.tree("allowed_updates")
    if isinstance(wanted, list):
        cloud.setup.allowed_updates = tuple(str(each) for each in wanted)


def _forget(cloud: Cloud, given: Parameters) -> None:
    if given.flag("drop_pending_updates"):
        cloud.updates.drop_all()


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
}
