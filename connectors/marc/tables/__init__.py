"""Tables of titles and volumes (CSV, XLSX) as records and back, by a mapping of columns."""
