"""Lesson 00, Start here: experiments, pictures, drawings and checks."""

from helpers.lessons.lesson00.checks import check_memory
from helpers.lessons.lesson00.drawings import cover
from helpers.lessons.lesson00.experiments import check_in
from helpers.lessons.lesson00.pictures import fading_memory
