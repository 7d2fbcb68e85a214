"""Transport, decided purely: timetables, legs, custody, totes, trips, returns and round planning."""
