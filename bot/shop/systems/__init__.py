"""The shop's own order system, behind one protocol: the demo store, a CSV file, WooCommerce, Shopify, PrestaShop.

What a system tells is mirrored into our own tables (`mirror`), and everything else reads those.
"""
