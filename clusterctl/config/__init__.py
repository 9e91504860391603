"""The config file: models, loading, messages, schema."""
