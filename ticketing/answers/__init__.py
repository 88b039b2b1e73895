"""Answers that customers give on a page: where a channel has no buttons, surveys and offers are links to it.

What an answer does is said where presses of buttons are taken (`conversations/press.py`), and nowhere else.
"""
