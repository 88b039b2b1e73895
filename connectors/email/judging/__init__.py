"""What may be done with a mail: what kind it is, whether its sender is who it says, which conversation it goes on with.

Pure functions over a `Mail` and what we know of ourselves (`Ours`). Each says why, in words for people.
"""
