"""Right and wrong answers on which the tests try the check of lesson 00."""

import numpy as np

RIGHT = {"check_memory": [(0.122,), (np.float32(0.9) ** 20,)]}
WRONG = {"check_memory": [
    ("comma", ((0, 122),)),
    ("product", (0.9 * 20,)),
    ("off-by-one", (0.9**19,)),
    ("off-by-one", (0.9**21,)),
    ("what-is-lost", (1 - 0.9**20,)),
    ("per-cent", (12.2,)),
    ("too-few-digits", (0.12,)),
    ("caret", (9 ^ 20,)),
    ("another-number", (0.5,)),
]}
