"""What runs when: job declarations, retry rules and the ticker."""
