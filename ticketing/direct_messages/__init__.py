"""What somebody is told by themselves: planned where something happens, looked at again before it is told."""
