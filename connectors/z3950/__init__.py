"""Z39.50 version 3 (ISO 23950): codec, client, server and harvester."""
