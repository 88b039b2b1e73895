"""Structured logs to standard error: readable for people, JSON for machines. Secrets are never put in."""

import logging
import sys
import time

import structlog

from app.settings import Settings

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(settings: Settings, *, process: str) -> None:
    """For this process and everything it imports."""
    level = _LEVELS[settings.log_level]
    as_json = settings.log_format == "json"
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    plain = "%(asctime)s %(levelname)s %(name)s %(message)s"
    formatter = logging.Formatter(plain)
    formatter.converter = time.gmtime  # as all other times in the logs
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])
    for noisy in ("pgqueuer", "telegram", "slack_bolt", "slack_sdk", "aiohttp", "apscheduler", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL if noisy in ("pgqueuer", "telegram") else logging.ERROR)
