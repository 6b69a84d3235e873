"""Hears of a fault while few have it: contacts about one problem against what units sold and their age let expect."""
