"""What one lesson alone needs, a folder for each, and what their checks share.

A lesson imports no other lesson: what two of them use lies further down.
"""
