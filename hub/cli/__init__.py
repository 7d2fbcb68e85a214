"""The command line: `tongjie` and its commands."""
