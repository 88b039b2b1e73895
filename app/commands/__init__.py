"""The commands of `threadline`, one file a group. `app/cli.py` puts them together."""
