"""What lesson 00 claims."""

import math

from helpers.lessons.lesson00.drawings import course_map
from helpers.lessons.prose_facts import Claim, labels
from helpers.lessons.replication import NotReplicated

CLAIMS = (
    Claim("loop-leaves-an-eighth", "the smallest recurrent network there is",
          lambda f: f.number("After 20 steps") == f.number("0.9 to the power 20 is") == round(0.9**20, 3)),
    Claim("below-one-fades", "Below 1 the memory fades",
          lambda f: 0 < f.number("0.9 to the power 20 is") < 0.9),
    Claim("above-one-explodes", "above 1 it explodes", lambda f: f.number("1.1 to the power 20 is") > 6),
    Claim("seven-times", "has grown to $1.1^{20} = 6.73$",
          lambda f: round(f.number("1.1 to the power 20 is")) == 7),
    Claim("picture-as-loop", "the sentence below says what the picture shows",
          lambda f: f.numbers("multiplied by") == [0.9, f.number("After 20 steps"), 20]),
    Claim("from-loop-to-pytorch", "from the first loop to the door of PyTorch and beyond it",
          lambda f: (at := labels(course_map()))["00"][1] > at["From NumPy\nto PyTorch"][1] > at["13"][1]),
)

NOT_REPLICATED = (
    NotReplicated("Below 1 the memory fades, above 1 it explodes", "calculated"),
    NotReplicated("because they make recurrent networks hard to train", "elsewhere"),
)

SOLVED = (       # claims of the worked solutions
    Claim("a-power-fades-fast",
          r"so after 20 steps it has been multiplied 20 times: $h_{20} = 0.9 \cdot 0.9 \cdots 0.9 \cdot h_0 "
          r"= 0.9^{20}\, h_0$, and $h_0 = 1$. Repeated addition would have given a product. Repeated "
          "multiplication gives a power, and powers fade (or explode) fast.",
          lambda f: math.isclose(math.prod(20 * [0.9]), 0.9**20) and math.isclose(sum(20 * [0.9]), 20 * 0.9)
          and 0.9**20 < 1 / 8 and 1.1**20 > 6),
)
