"""Measures the intent pipeline of config.yml: on our own data by cross-validation, and on public sets."""
