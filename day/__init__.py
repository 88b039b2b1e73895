"""`make day`: a working day at the desk, played through the wire and a real browser, with clicks and seconds counted.

Start with `story.py`, the chapters (`refund.py` has those of a return, `promises.py` those in which time jumps,
`workplace.py` those off the cards, `mail.py` those by mail); `day.py` is who is there, `screens.py` what a person
does at a screen, `watch.py` what is counted.
"""
