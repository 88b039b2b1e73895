"""Telegram through python-telegram-bot: messages, files and presses in by webhook or long polling, replies out."""

from connectors.telegram.config import TelegramConfig
from connectors.telegram.connector import TelegramConnector, connector

__all__ = ["TelegramConfig", "TelegramConnector", "connector"]
