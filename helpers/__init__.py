"""Shared code of the course: networks, data, runs, pictures, widgets, lessons.

Import the part you need, for example ``from helpers.networks import RNN``.
"""
