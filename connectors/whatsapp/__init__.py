"""WhatsApp through Twilio: text in, text out, and what became of it."""

from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.connector import WhatsAppConnector

__all__ = ["WhatsAppConfig", "WhatsAppConnector"]
