"""A small online shop with an API of its own: customers, orders, stock, shipments, returns and a payment gateway.

It stands for itself and imports nothing of Threadline. Everything is in memory, filled from `seed.yaml`, and gone when
it ends. Start reading at `api.py`; the rules about money are in `gateway.py`, those about returns in `returns.py`.
"""
