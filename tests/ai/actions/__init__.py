"""Actions: found, called, and what comes of it, over real sockets."""
