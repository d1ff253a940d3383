"""Shared code of the course: the networks, their gradients, their pictures.

Import the part you need, for example ``from helpers.cells import RNN``.
"""
