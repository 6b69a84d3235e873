"""What editors see in Wagtail besides the pages: gaps, a draft's effect on answers, and the articles' health."""
