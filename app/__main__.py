"""`python -m app` is `threadline`."""

from app.cli import main

if __name__ == "__main__":
    main()
