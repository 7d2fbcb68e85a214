"""The demo network: real works in invented editions, catalogued by members with habits of their own."""
