"""The demo shop of examples/shop, over real sockets."""
