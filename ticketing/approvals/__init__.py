"""Approvals: somebody else agrees before something happens, to exactly what was asked, once (SPEC 5.4)."""
