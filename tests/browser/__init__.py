"""The simulator's page in a real browser: the system's Chromium, by Playwright. Without one, these are skipped."""
