"""A network in training with every dial in reach."""

from helpers.widgets.laboratory.laboratory import laboratory
