"""What runs when: jobs, timetables of sources, rules for claims, retries and pauses, and the ticker."""
