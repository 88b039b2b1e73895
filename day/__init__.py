"""`make day`: a working day at the desk, played through the wire and a real browser, with clicks and seconds counted.

Start with `story.py`, the day itself; `screens.py` is what a person does at a screen, `watch.py` what is counted.
"""
