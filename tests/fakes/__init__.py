"""Small real implementations of our protocols, held to the same suites as the real ones."""
