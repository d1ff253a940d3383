"""What one lesson alone needs, a folder for each, with a page to fill in and a network that several share.

A lesson imports no other lesson: what two of them use lies further down.
"""
