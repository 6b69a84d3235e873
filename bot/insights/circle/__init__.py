"""What one month of after-sales tells the rest of the shop: product, sales, marketing and content. No personal data."""
