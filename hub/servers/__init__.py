"""What the hub serves besides its web pages and API."""
