"""One file a process of the Procfile: `web`, `worker`, `clock`, `bot`; and `up`, which runs them all."""
