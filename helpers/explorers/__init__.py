"""The explorers: one module per lesson, named as the lesson."""
