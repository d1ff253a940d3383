"""Gradients checked, and taken apart: by finite differences, by lag, by pairs of times."""
