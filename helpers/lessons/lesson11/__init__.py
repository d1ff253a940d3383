"""Lesson 11, from sequence to sequence: experiments, pictures, drawings, stages and checks."""

from helpers.lessons.lesson11.checks import (
    check_beam_step,
    check_mask_of,
    check_masked_look_up,
    check_own_ends,
    check_reverse_own,
)
from helpers.lessons.lesson11.drawings import encoder_decoder, two_layers
from helpers.lessons.lesson11.experiments import (
    EncoderDecoder,
    beam,
    label_repeats,
    log_probabilities,
    reversal_strings,
    reversal_updates,
    shift_right,
    watch_training,
)
from helpers.lessons.lesson11.pictures import (
    look_up_weights,
    padded_batch,
    plot_layer_probes,
    plot_reversal_accuracy,
    reversal_by_length,
    reversal_live,
    runs_up_to,
)
from helpers.lessons.lesson11.plain import look_up, rnn_step, rnn_step_back
from helpers.lessons.lesson11.stage_checks import check_look_up_back, check_masked_loss
from helpers.lessons.lesson11.stages import look_up_back, masked_loss, use_if_correct
