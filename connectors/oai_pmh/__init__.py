"""OAI-PMH 2.0: codec, client, server and harvester."""
