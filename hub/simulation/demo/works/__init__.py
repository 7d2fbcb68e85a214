"""The real works behind the demo catalogues: titles and authors as facts, in files by theme."""
