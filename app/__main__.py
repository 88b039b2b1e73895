"""`python -m app` is `threadline`."""

from app.cli import main

main()
