"""The demo store's customers and orders."""
