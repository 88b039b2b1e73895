"""The sample actions of examples/actions, called over real sockets on the demo shop."""
