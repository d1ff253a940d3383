"""The mathematics, in NumPy: cells, the model, its gradients, optimisers and the training loop."""

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells import CELLS, GRU, LSTM, RNN, Cell, PeepholeLSTM, PlainCell, lstm_forward
from helpers.networks.checks import check_finite, check_generator, check_positive, check_size
from helpers.networks.clip import clip_norm, clip_value
from helpers.networks.functions import nll, sigmoid, softmax
from helpers.networks.gradients import (
    Comparison,
    GradientParts,
    compare,
    credit_matrix,
    eigenvalues,
    factor_per_step,
    gradient_check,
    gradient_norms,
    kept_pairs,
    loss_by_state_gradients,
    numerical_gradient,
    relative_error,
    rtrl_gradient,
    running_jacobians,
    singular_values,
    spectral_radius,
)
from helpers.networks.model import CharModel, Model
from helpers.networks.optim import OPTIMIZERS, SGD, Adagrad, Adam, Diverged, Optimizer, RMSProp
from helpers.networks.output_layers import Linear, NoOutputLayer, Softmax
from helpers.networks.parameters import Parameters, float_dtype
from helpers.networks.train import Step, train
