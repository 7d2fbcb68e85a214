"""The database: tables, engines, the one writer, repositories, outbox, migrations, backup."""
