"""Lesson 11, from sequence to sequence: experiments, pictures, drawings, stages and checks."""

from helpers import old_names
from helpers.lessons.lesson11.checks import (
    check_beam_step,
    check_mask_of,
    check_masked_look_up,
    check_own_ends,
    check_reverse_own,
)
from helpers.lessons.lesson11.directions import comes_again
from helpers.lessons.lesson11.drawings import encoder_decoder, two_layers
from helpers.lessons.lesson11.pictures import (
    copied_back,
    layers_read,
    learnt_so_far,
    look_up_weights,
    padded_batch,
    reversal_by_length,
    reversal_live,
)
from helpers.lessons.lesson11.plain import look_up, rnn_step, rnn_step_back
from helpers.lessons.lesson11.reversal import (
    EncoderDecoder,
    reversal_strings,
    reversal_updates,
    shifted,
    watched,
)
from helpers.lessons.lesson11.search import beam, log_probabilities
from helpers.lessons.lesson11.stage_checks import check_look_up_back, check_masked_loss
from helpers.lessons.lesson11.stages import look_up_back, masked_loss, mine_or_plain

__getattr__ = old_names.explained_in(__name__)
