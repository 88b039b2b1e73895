"""Journeys: the whole program driven through the wire only. Signed HTTP in, calls of the emulators out."""
