"""Tests of `chaos/`, and with it of the whole: short storms whose books must balance."""
