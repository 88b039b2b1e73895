"""The HTTP door: providers' webhooks, Slack's requests, health. It identifies and stores; it decides nothing.

`app.py` puts the routes together. What a caller may do is the use cases' business, what a form means the connectors'.
"""
