"""The actions of this desk: what its settings name, found from the folder that Threadline was started in."""

import os
import sys
from pathlib import Path

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import Catalogue, load_actions
from app.action_settings import action_settings
from app.settings import Settings


def desk_actions(settings: Settings) -> DeskActions:
    """Loaded at their first use."""
    return DeskActions(lambda: _loaded(settings), settings=action_settings(os.environ), hosts=settings.action_hosts)


def _loaded(settings: Settings) -> Catalogue:
    """Raises ActionsUnusable."""
    here = str(Path.cwd())
    if settings.action_modules and here not in sys.path:
        # Last, so that a file of the desk's own takes the place of nothing. An installed command has no folder there.
        sys.path.append(here)
    return load_actions(settings.action_modules)
