"""The mathematics, in NumPy: cells, the model, its gradients, optimisers and the training loop."""

from helpers.networks.blas import one_blas_thread
from helpers.networks.cells import CELLS, GRU, LSTM, RNN, Cell, PeepholeLSTM, PlainCell, lstm_forward
from helpers.networks.checks import check_finite, check_generator, check_positive, check_size
from helpers.networks.clip import clip_norm, clip_value
from helpers.networks.functions import nll, sigmoid, softmax
from helpers.networks.gradients.check import gradient_check, numerical_gradient, relative_error
from helpers.networks.gradients.credit import credit_matrix, loss_by_state_gradients
from helpers.networks.gradients.jacobians import (
    eigenvalues,
    factor_per_step,
    gradient_norms,
    running_jacobians,
    singular_values,
    spectral_radius,
)
from helpers.networks.gradients.pairs import Comparison, GradientParts, compare, kept_pairs
from helpers.networks.gradients.rtrl import rtrl_gradient
from helpers.networks.model import CharModel, Model
from helpers.networks.optim import OPTIMIZERS, SGD, Adagrad, Adam, Diverged, Optimizer, RMSProp
from helpers.networks.output_layers import Linear, NoOutputLayer, Softmax
from helpers.networks.parameters import Parameters, float_dtype
from helpers.networks.train import Step, train
