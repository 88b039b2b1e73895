"""The bytes of files: in a folder of this machine, or in S3 and its like. Streaming in and out. Start in `store.py`."""
