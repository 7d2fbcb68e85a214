"""SRU 1.1, 1.2 and 2.0 with CQL 1.2: codec, client, server and harvester."""
