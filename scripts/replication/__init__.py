"""What the lessons say about networks in general, one module a lesson, and what judges it on new seeds."""
