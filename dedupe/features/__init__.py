"""The features: one kind of evidence per file, each with ``extract`` and ``compare``."""
