"""The checks and predictions: one module per lesson, named as the lesson."""
