"""`threadline demo`: Threadline on this machine with emulated providers, told as a story in the terminal;
afterwards a page in the browser to go on by hand.

Start reading at `story.py` (what happens) and `stage.py` (what runs). Everything the story says was looked at: a step
waits for its effect on the phone or in Slack, and fails loudly if it does not come. Nothing here knows how
Threadline works inside; it is the only production code that imports `emulators`.
"""
